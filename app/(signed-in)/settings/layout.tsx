import type { ReactNode } from "react";
import { requireRole } from "../../_server/gate.ts";
import { PageHead } from "../../_ui/page-head.tsx";
import { Subnav } from "../../_ui/subnav.tsx";
import { settingsLinks } from "./links.ts";

/** The frame of the settings: what the reader's role has to do with. Each page asks for the role itself. */
export default async function SettingsLayout({ children }: { children: ReactNode }) {
  const me = await requireRole("viewer");
  return (
    <>
      <PageHead title="Settings" />
      <Subnav label="Settings" links={settingsLinks(me.role)} />
      <div className="pt-5">{children}</div>
    </>
  );
}
