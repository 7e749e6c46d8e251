"use client";

import { useMutation } from "@tanstack/react-query";
import type { Cap } from "../../../../server/nag/contract.ts";
import { capWishSchema } from "../../../../server/nag/contract.ts";
import { DialogForm } from "../../../_client/dialog-form.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useForm } from "../../../_client/use-form.ts";
import { useSaved } from "../../../_client/use-saved.ts";
import { Field, Input, Select } from "../../../_ui/field.tsx";
import { CAP_CHOICES, dayOf, endOfDay } from "./cap-view.ts";

type Values = { level: Cap["level"]; reason: string; day: string };

/** The owner's wish: how much at most, until when, and why. */
export function CapForm({ cap, onSaved }: { cap: Cap | null; onSaved: () => void }) {
  const trpc = useTRPC();
  const saved = useSaved();
  const change = useMutation(trpc.nag.setCap.mutationOptions());
  const initial: Values =
    cap === null
      ? { level: "subtle", reason: "", day: "" }
      : { level: cap.level, reason: cap.reason, day: dayOf(new Date(cap.until)) };
  const form = useForm({
    initial,
    schema: capWishSchema,
    read: ({ level, reason, day }) => ({ level, reason, until: endOfDay(day) }),
    save: async (wish) => {
      await change.mutateAsync({ cap: wish });
      onSaved();
      await saved({ changed: [trpc.nag.state.queryKey()], say: "Notices are held back until then." });
    },
  });
  return (
    <DialogForm form={form} label="Hold notices back" save="Hold back">
      <Field label="Tell us" error={form.errorOf("level")}>
        <Select
          value={form.values.level}
          onChange={(event) => {
            const chosen = CAP_CHOICES.find(({ level }) => level === event.target.value);
            if (chosen !== undefined) form.set("level", chosen.level);
          }}
        >
          {CAP_CHOICES.map(({ level, text }) => (
            <option key={level} value={level}>
              {text}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="Until and with" hint="A year from now at most." error={form.errorOf("until")}>
        <Input
          type="date"
          value={form.values.day}
          onChange={(event) => {
            form.set("day", event.target.value, "until");
          }}
        />
      </Field>
      <Field label="Why?" hint="Everybody who looks after updates sees it." error={form.errorOf("reason")}>
        <Input
          value={form.values.reason}
          placeholder="We update after the season."
          onChange={(event) => {
            form.set("reason", event.target.value);
          }}
        />
      </Field>
      <p className="text-muted">A release that closes a security hole is told all the same.</p>
    </DialogForm>
  );
}
