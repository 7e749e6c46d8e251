import type { Metadata } from "next";
import { requireRole } from "../../../_server/gate.ts";
import { Messages } from "./messages.tsx";

export const metadata: Metadata = { title: "Messages" };

/** Who is told elsewhere what happens here. */
export default async function MessagesPage() {
  await requireRole("admin");
  return <Messages />;
}
