import type { Metadata } from "next";
import { requireRole } from "../../../_server/gate.ts";
import { UsersList } from "./users-list.tsx";

export const metadata: Metadata = { title: "Users" };

/** Everybody who may sign in. */
export default async function UsersPage() {
  await requireRole("owner");
  return <UsersList />;
}
