"use client";

import { useId, useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import { classes } from "./classes.ts";
import { Input } from "./field.tsx";

export type ComboboxOption = { id: string; text: string; detail?: string };

/**
 * A field that searches and offers what it found. Arrow keys move, Enter takes, Escape closes; leaving the field without a choice brings back
 * what was chosen. Stands inside a `Field`, which labels it.
 */
export function Combobox({
  chosen,
  options,
  loading,
  placeholder,
  onSearch,
  onChoose,
}: {
  /** The words of what is chosen; the empty string for nothing. */
  chosen: string;
  options: readonly ComboboxOption[];
  loading: boolean;
  placeholder: string;
  /** Called with what is typed; the empty string when the list is opened. */
  onSearch: (text: string) => void;
  /** Called with the choice; `null` when the field was emptied. */
  onChoose: (id: string | null) => void;
}) {
  const listId = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const open = typed !== null;
  const current = options[Math.min(active, options.length - 1)];

  const show = (text: string) => {
    setTyped(text);
    setActive(0);
    onSearch(text.trim());
  };
  const choose = (option: ComboboxOption) => {
    setTyped(null);
    onChoose(option.id);
  };
  const move = (by: number) => {
    if (!open) {
      show("");
      return;
    }
    const next = Math.max(0, Math.min(options.length - 1, active + by));
    setActive(next);
    list.current?.children[next]?.scrollIntoView({ block: "nearest" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && open) {
      event.preventDefault();
      if (current !== undefined) choose(current);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      setTyped(null);
    }
  };

  return (
    <div className="relative">
      <Input
        role="combobox"
        autoComplete="off"
        aria-expanded={open}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={open && current !== undefined ? `${listId}-${current.id}` : undefined}
        value={typed ?? chosen}
        placeholder={placeholder}
        onClick={() => {
          if (!open) show("");
        }}
        onFocus={(event) => {
          event.target.select();
        }}
        onBlur={() => {
          setTyped(null);
        }}
        onChange={(event) => {
          if (event.target.value === "") onChoose(null);
          show(event.target.value);
        }}
        onKeyDown={onKeyDown}
      />
      <ul
        ref={list}
        id={listId}
        role="listbox"
        aria-label="Suggestions"
        hidden={!open}
        className="absolute inset-x-0 top-full z-20 mt-1 max-h-64 overflow-y-auto rounded-box border border-line bg-surface p-1 shadow-box"
      >
        {options.map((option, index) => (
          <li
            key={option.id}
            id={`${listId}-${option.id}`}
            role="option"
            aria-selected={index === active}
            className={classes("cursor-pointer rounded-box px-3 py-1.5", index === active && "bg-accent-soft")}
            onPointerMove={() => {
              setActive(index);
            }}
            // The field must not lose the focus to its own list.
            onMouseDown={(event) => {
              event.preventDefault();
              choose(option);
            }}
          >
            {option.text}
            {option.detail === undefined ? null : <span className="block text-sm text-muted">{option.detail}</span>}
          </li>
        ))}
        {options.length > 0 ? null : (
          <li role="option" aria-selected="false" aria-disabled="true" className="px-3 py-1.5 text-muted">
            {loading ? "Searching…" : "Nothing found."}
          </li>
        )}
      </ul>
    </div>
  );
}
