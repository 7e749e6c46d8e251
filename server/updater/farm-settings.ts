import { z } from "zod";
import type { Login } from "../databases/connect.ts";
import { withConnection } from "../databases/connect.ts";
import type { Cap } from "../nag/contract.ts";
import { capSchema } from "../nag/contract.ts";

/** What messages need to know of the farm's own settings. */
export type FarmSettings = {
  /** What the farm calls itself; `null` while it has not said so. */
  name: string | null;
  /** The owner's cap on notices, whether or not it holds still. */
  cap: Cap | null;
};

/** Reads them; what is not there or not what it should be is `null`. Throws what the database does. */
export async function readFarmSettings(login: Login, database: string): Promise<FarmSettings> {
  const options = { database, applicationName: "filaops-updater", settings: { statement_timeout: "5s" } };
  return withConnection(login, options, async (client) => {
    const { rows } = await client.query<{ key: string; value: unknown }>(
      "SELECT key, value FROM settings WHERE key IN ('farmName', 'updateNoticeCap')",
    );
    const value = (key: string) => rows.find((row) => row.key === key)?.value;
    return {
      name: z.string().max(200).safeParse(value("farmName")).data ?? null,
      cap: capSchema.safeParse(value("updateNoticeCap")).data ?? null,
    };
  });
}
