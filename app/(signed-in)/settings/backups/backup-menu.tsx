"use client";

import { Ellipsis } from "lucide-react";
import { useFarm } from "../../../_client/farm.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Menu, MenuItem, MenuSeparator } from "../../../_ui/menu.tsx";
import { useNow } from "../../../_ui/time.tsx";
import { moment } from "../../../_update/words.ts";
import type { OpenBackup } from "./backup-dialogs.tsx";
import { isGood, madeAt } from "./backup-view.ts";
import type { BackupRow } from "./backup-view.ts";
import type { BackupActions } from "./use-backup-actions.ts";

/** What can be done with one backup. While something is under way (`busy`) nothing that would have to wait is offered. */
export function BackupMenu({
  row,
  busy,
  actions,
  onOpen,
}: {
  row: BackupRow;
  busy: boolean;
  actions: BackupActions;
  onOpen: (open: OpenBackup) => void;
}) {
  const { role } = useFarm().me;
  const zone = useNow() === null ? "UTC" : undefined;
  const label = `Actions for the backup of ${moment(madeAt(row), zone)}`;
  const open = (kind: OpenBackup["kind"]) => () => {
    onOpen({ kind, id: row.id });
  };
  return (
    <Menu
      label={label}
      trigger={
        <Button size="icon" variant="quiet" aria-label={label}>
          <Ellipsis aria-hidden="true" className="size-5" />
        </Button>
      }
    >
      <MenuItem onSelect={open("details")}>Show details</MenuItem>
      {busy ? null : (
        <>
          <Proofs row={row} actions={actions} />
          <MenuSeparator />
          {isGood(row) && role === "owner" ? <MenuItem onSelect={open("restore")}>Restore…</MenuItem> : null}
          <MenuItem onSelect={open("remove")}>Remove…</MenuItem>
        </>
      )}
    </Menu>
  );
}

function Proofs({ row, actions }: { row: BackupRow; actions: BackupActions }) {
  const { id, state, keep } = row;
  if (state === "missing" || state === "foreign") return null;
  return (
    <>
      <MenuItem
        onSelect={() => {
          actions.check(id);
        }}
      >
        Check it
      </MenuItem>
      <MenuItem
        onSelect={() => {
          actions.download(id);
        }}
      >
        Download
      </MenuItem>
      {isGood(row) ? (
        <MenuItem
          onSelect={() => {
            actions.prove(id);
          }}
        >
          Prove it (restore on trial)
        </MenuItem>
      ) : null}
      <MenuItem
        onSelect={() => {
          actions.keep(id, !keep);
        }}
      >
        {keep ? "Don’t keep" : "Keep"}
      </MenuItem>
    </>
  );
}
