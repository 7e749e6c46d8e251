"use client";

import { Copy } from "lucide-react";
import { useRef } from "react";
import { Button } from "./button.tsx";
import { Field, Input } from "./field.tsx";
import { useNotify } from "./notify.tsx";

/** A text to be copied. Where the browser does not let us copy (plain HTTP), it is selected, so that the person can. */
export function CopyField({ label, text }: { label: string; text: string }) {
  const field = useRef<HTMLInputElement>(null);
  const { notify } = useNotify();
  const copy = async () => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(text);
      notify("Copied.");
    } catch {
      notify("Your browser does not let us copy. The text is selected: press Ctrl+C.", "info");
    }
  };
  return (
    <div className="flex items-end gap-2">
      <Field label={label} className="flex-1">
        <Input ref={field} readOnly value={text} className="font-mono" spellCheck={false} />
      </Field>
      <Button variant="primary" onClick={() => void copy()}>
        <Copy aria-hidden="true" className="size-4" />
        Copy
      </Button>
    </div>
  );
}
