import type { Metadata } from "next";
import { requireRole } from "../../../_server/gate.ts";
import { TokensList } from "./tokens-list.tsx";

export const metadata: Metadata = { title: "API tokens" };

/** The tokens by which scripts act. */
export default async function TokensPage() {
  await requireRole("admin");
  return <TokensList />;
}
