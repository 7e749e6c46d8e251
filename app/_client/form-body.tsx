import type { ReactNode } from "react";
import { classes } from "../_ui/classes.ts";

/**
 * The fields of a form. While a save is on its way, which an update can stretch to seconds, they can be read but not changed: what was typed
 * after the button was pressed would be lost with the page.
 */
export function FormBody({ saving, className, children }: { saving: boolean; className: string; children: ReactNode }) {
  return (
    <div inert={saving} className={classes(className, saving && "opacity-75")}>
      {children}
    </div>
  );
}
