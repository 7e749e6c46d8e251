"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { isSameName } from "../../../../server/accounts/farm-contract.ts";
import { useFarm } from "../../../_client/farm.tsx";
import { problemOf } from "../../../_client/problem.ts";
import { useTRPC } from "../../../_client/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { DialogActions } from "../../../_ui/dialog.tsx";
import { Field, Input } from "../../../_ui/field.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";
import { openDialog } from "../../../_update/desk.ts";
import { newKey } from "../../../_update/new-key.ts";
import { publicStatus } from "../../../_update/public-status.ts";

type Missing = { name?: string; password?: string };

/** The last step before a restore: the farm's name, so that nobody does it by habit, and the password afresh. */
export function RestoreForm({ backup, plan, onClose }: { backup: string; plan: string; onClose: () => void }) {
  const { farmName } = useFarm();
  const restoring = useMutation(useTRPC().backups.restore.mutationOptions());
  const [idempotencyKey, setKey] = useState(newKey);
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [missing, setMissing] = useState<Missing>({});
  const start = () => {
    const found: Missing = {
      ...(isSameName(name, farmName) ? {} : { name: `Please type the name of your farm: ${farmName}` }),
      ...(password === "" ? { password: "Please type your password." } : {}),
    };
    setMissing(found);
    if (Object.keys(found).length > 0 || restoring.isPending) return;
    restoring.mutate(
      { backup, plan, idempotencyKey, password },
      {
        onSuccess: ({ run, joined }) => {
          publicStatus.refresh();
          onClose();
          openDialog({ kind: "run", run, joined });
        },
        // A wrong password was an answer: the next try is another act.
        onError: () => {
          setKey(newKey());
        },
      },
    );
  };
  return (
    <form
      noValidate
      aria-label="Restore"
      className="mt-4 space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        start();
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
          }}
        />
      </Field>
      {restoring.error === null ? null : <ProblemBanner problem={problemOf(restoring.error)} />}
      <DialogActions>
        <Button variant="primary" onClick={onClose}>
          Leave everything as it is
        </Button>
        <Button variant="danger" type="submit" busy={restoring.isPending}>
          {restoring.isPending ? "Starting…" : "Restore this backup"}
        </Button>
      </DialogActions>
    </form>
  );
}
