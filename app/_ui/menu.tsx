"use client";

import { Check } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import type { ReactNode } from "react";

const ITEM =
  "flex min-h-9 items-center gap-2 rounded-box px-3 py-1 outline-none select-none data-[highlighted]:bg-accent-soft pointer-coarse:min-h-11";

/**
 * A button that opens a list of actions. Arrow keys, letters, Escape and focus work as in every menu. The list stays where the button is in the
 * document, so that it belongs to the same landmark.
 */
export function Menu({ trigger, label, children }: { trigger: ReactNode; label: string; children: ReactNode }) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Content
        align="end"
        sideOffset={6}
        collisionPadding={8}
        aria-label={label}
        className="z-50 min-w-52 rounded-box border border-line bg-surface p-1 shadow-box"
      >
        {children}
      </Radix.Content>
    </Radix.Root>
  );
}

/** An action of a menu. With `asChild` its child is a link. */
export function MenuItem({
  onSelect,
  asChild = false,
  children,
}: {
  onSelect?: () => void;
  asChild?: boolean;
  children: ReactNode;
}) {
  return (
    <Radix.Item asChild={asChild} className={ITEM} {...(onSelect === undefined ? {} : { onSelect })}>
      {children}
    </Radix.Item>
  );
}

/** One of several choices, the chosen one ticked. */
export function MenuChoices<Value extends string>({
  label,
  value,
  choices,
  onChange,
}: {
  label: string;
  value: Value;
  choices: { value: Value; text: string }[];
  onChange: (value: Value) => void;
}) {
  return (
    <Radix.RadioGroup
      aria-label={label}
      value={value}
      onValueChange={(next) => {
        const choice = choices.find((candidate) => candidate.value === next);
        if (choice !== undefined) onChange(choice.value);
      }}
    >
      <Radix.Label className="px-3 pt-2 pb-1 text-sm text-muted">{label}</Radix.Label>
      {choices.map((choice) => (
        <Radix.RadioItem
          key={choice.value}
          value={choice.value}
          className={ITEM}
          onSelect={(event) => {
            event.preventDefault();
          }}
        >
          <span className="flex size-4 items-center">
            <Radix.ItemIndicator>
              <Check aria-hidden="true" className="size-4" />
            </Radix.ItemIndicator>
          </span>
          {choice.text}
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

/** A line between groups of a menu. */
export function MenuSeparator() {
  return <Radix.Separator className="my-1 h-px bg-line" />;
}

/** Words at the head of a menu that are no action. */
export function MenuHead({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-3 py-2">{children}</Radix.Label>;
}
