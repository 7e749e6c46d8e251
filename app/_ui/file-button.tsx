"use client";

import { useRef } from "react";
import type { ComponentProps } from "react";
import { Button } from "./button.tsx";

/** A button that lets the person choose files of theirs, and hands them on; the same file may be chosen twice in a row. */
export function FileButton({
  onChoose,
  accept,
  multiple = false,
  ...rest
}: Omit<ComponentProps<typeof Button>, "onClick" | "type"> & {
  onChoose: (files: File[]) => void;
  /** Media types, separated by commas. */
  accept?: string;
  multiple?: boolean;
}) {
  const input = useRef<HTMLInputElement | null>(null);
  return (
    <>
      <Button {...rest} onClick={() => input.current?.click()} />
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        multiple={multiple}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = "";
          if (files.length > 0) onChoose(files);
        }}
      />
    </>
  );
}
