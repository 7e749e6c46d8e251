"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { User } from "../../../../server/accounts/contract.ts";
import { useFarm } from "../../../_client/farm.tsx";
import { LoadProblem } from "../../../_client/list-view.tsx";
import { ROLE_WORDS } from "../../../_client/roles.ts";
import { useTRPC } from "../../../_client/trpc.tsx";
import { Badge } from "../../../_ui/badge.tsx";
import { Button } from "../../../_ui/button.tsx";
import { ListSkeleton } from "../../../_ui/skeleton.tsx";
import { Table } from "../../../_ui/table.tsx";
import type { Column } from "../../../_ui/table.tsx";
import { Time } from "../../../_ui/time.tsx";
import { EditUser } from "./edit-user.tsx";
import { NewUser } from "./new-user.tsx";
import { ResetPassword } from "./reset-password.tsx";

/** Everybody who may sign in. */
export function UsersList() {
  const { me } = useFarm();
  const query = useQuery(useTRPC().users.list.queryOptions());
  const [adding, setAdding] = useState(false);
  const columns: Column<User>[] = [
    {
      key: "name",
      title: "Name",
      heading: true,
      cell: (user) => (
        <>
          {user.name}
          {user.id === me.id ? <span className="font-normal text-muted"> (you)</span> : null}
        </>
      ),
    },
    { key: "email", title: "E-mail", cell: (user) => <span className="break-all">{user.email}</span> },
    {
      key: "role",
      title: "Role",
      cell: (user) => (user.disabled ? <Badge tone="warn">Cannot sign in</Badge> : ROLE_WORDS[user.role].name),
    },
    {
      key: "lastSeenAt",
      title: "Last seen",
      cell: (user) => (user.lastSeenAt === null ? <span className="text-muted">never</span> : <Time at={user.lastSeenAt} />),
    },
    {
      key: "actions",
      title: "Actions",
      hideTitle: true,
      align: "end",
      cell: (user) => <UserActions user={user} isMe={user.id === me.id} />,
    },
  ];
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
        <p className="text-muted">Everybody who may sign in here.</p>
        <Button
          variant="primary"
          onClick={() => {
            setAdding(true);
          }}
        >
          Add user
        </Button>
      </div>
      {query.isPending ? <ListSkeleton label="Loading users" rows={3} /> : null}
      {query.isError ? <LoadProblem error={query.error} onAgain={() => void query.refetch()} /> : null}
      {query.data === undefined ? null : <Table label="Users" columns={columns} rows={query.data} rowKey={(user) => user.id} />}
      <NewUser open={adding} onOpenChange={setAdding} />
    </>
  );
}

function UserActions({ user, isMe }: { user: User; isMe: boolean }) {
  const [open, setOpen] = useState<"edit" | "password" | null>(null);
  const close = () => {
    setOpen(null);
  };
  return (
    <span className="flex flex-wrap justify-end gap-2">
      <Button
        size="small"
        aria-label={`Change ${user.name}`}
        onClick={() => {
          setOpen("edit");
        }}
      >
        Change
      </Button>
      {isMe ? null : (
        <Button
          size="small"
          aria-label={`New password for ${user.name}`}
          onClick={() => {
            setOpen("password");
          }}
        >
          New password
        </Button>
      )}
      {open === "edit" ? <EditUser user={user} isMe={isMe} onClose={close} /> : null}
      {open === "password" ? <ResetPassword user={user} onClose={close} /> : null}
    </span>
  );
}
