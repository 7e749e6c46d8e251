"use client";

import { useState } from "react";
import { isSameName } from "../../server/accounts/farm-contract.ts";
import { useFarm } from "../_client/farm.tsx";
import { problemOf } from "../_client/problem.ts";
import { Button } from "../_ui/button.tsx";
import { DialogActions } from "../_ui/dialog.tsx";
import { Field, Input } from "../_ui/field.tsx";
import { ProblemBanner } from "../_ui/problem-banner.tsx";

type Missing = { name?: string; password?: string };

/**
 * The last step before what takes everybody's entries away: the farm's name, so that nobody does it by habit, and the password afresh. Enter does nothing; what is
 * dangerous wants to be pressed.
 */
export function TypedConfirm({
  label,
  act,
  busy,
  error,
  onConfirm,
  onClose,
}: {
  /** What the form is for. */
  label: string;
  /** What the button says. */
  act: string;
  busy: boolean;
  error: unknown;
  onConfirm: (typed: { farmName: string; password: string }) => void;
  onClose: () => void;
}) {
  const { farmName } = useFarm();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [missing, setMissing] = useState<Missing>({});
  const confirm = () => {
    const found: Missing = {
      ...(isSameName(name, farmName) ? {} : { name: `Please type the name of your farm: ${farmName}` }),
      ...(password === "" ? { password: "Please type your password." } : {}),
    };
    setMissing(found);
    if (Object.keys(found).length === 0) onConfirm({ farmName: name, password });
  };
  return (
    <form
      noValidate
      aria-label={label}
      className="mt-4 space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
      }}
    >
      <Field
        label={`Type “${farmName}”`}
        hint="The name of your farm, so that this does not happen by accident."
        error={missing.name}
      >
        <Input
          autoComplete="off"
          value={name}
          onChange={(event) => {
            setName(event.target.value);
            setMissing({});
          }}
        />
      </Field>
      <Field label="Your password" hint="Asked again, because this takes entries away." error={missing.password}>
        <Input
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => {
            setPassword(event.target.value);
            setMissing({});
          }}
        />
      </Field>
      {error === null ? null : <ProblemBanner problem={problemOf(error)} />}
      <DialogActions>
        <Button variant="primary" onClick={onClose}>
          Leave everything as it is
        </Button>
        <Button variant="danger" busy={busy} onClick={confirm}>
          {busy ? "Starting…" : act}
        </Button>
      </DialogActions>
    </form>
  );
}
