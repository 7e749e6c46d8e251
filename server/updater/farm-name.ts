import { z } from "zod";
import type { Login } from "../databases/connect.ts";
import { withConnection } from "../databases/connect.ts";

/** What the farm calls itself; `null` while it has not said so. Throws what the database does. */
export async function readFarmName(login: Login, database: string): Promise<string | null> {
  const options = { database, applicationName: "filaops-updater", settings: { statement_timeout: "5s" } };
  return withConnection(login, options, async (client) => {
    const { rows } = await client.query<Record<string, unknown>>("SELECT value FROM settings WHERE key = 'farmName'");
    return z
      .string()
      .max(200)
      .nullable()
      .catch(null)
      .parse(rows[0]?.["value"] ?? null);
  });
}
