"use client";

import { useEffect, useRef, useState } from "react";
import { Field, Input } from "../_ui/field.tsx";

const TYPING_MS = 250;

/** A search field that searches while one types, a moment after the last key. */
export function SearchBox({
  label,
  placeholder,
  value,
  onSearch,
}: {
  label: string;
  placeholder: string;
  /** What is searched for now, as the address has it. */
  value: string;
  onSearch: (text: string) => void;
}) {
  const [typed, setTyped] = useState(value);
  const [shown, setShown] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The address changed by another way (Back, "Show all"): follow it, unless it is an echo of what was typed here.
  if (value !== shown) {
    setShown(value);
    if (value !== typed.trim()) setTyped(value);
  }
  useEffect(
    () => () => {
      clearTimeout(timer.current);
    },
    [],
  );
  const search = (text: string) => {
    clearTimeout(timer.current);
    onSearch(text.trim());
  };
  return (
    <form
      role="search"
      className="min-w-0 flex-1 basis-56"
      onSubmit={(event) => {
        event.preventDefault();
        search(typed);
      }}
    >
      <Field label={label} hideLabel>
        <Input
          type="search"
          value={typed}
          placeholder={placeholder}
          autoComplete="off"
          onChange={(event) => {
            const text = event.target.value;
            setTyped(text);
            clearTimeout(timer.current);
            timer.current = setTimeout(() => {
              search(text);
            }, TYPING_MS);
          }}
        />
      </Field>
    </form>
  );
}
