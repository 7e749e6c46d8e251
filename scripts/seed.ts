import { chown, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { parseArgs } from "node:util";
import { Client } from "pg";
import type { Role } from "../server/accounts/contract.ts";
import { hashPassword } from "../server/auth/passwords.ts";
import { storeFile } from "../server/files/store-file.ts";
import { systemClock } from "../server/platform/clock.ts";
import { readEnv } from "../server/platform/env.ts";
import { addFiles } from "../server/samples/files.ts";
import type { Sql } from "../server/samples/insert.ts";
import { insert, insertFarm } from "../server/samples/insert.ts";
import type { Farm } from "../server/samples/rules/farm.ts";
import { makeFarm } from "../server/samples/rules/farm.ts";

const SEED_USERS: { email: string; name: string; role: Role }[] = [
  { email: "owner@farm.example", name: "Olivia Berger", role: "owner" },
  { email: "admin@farm.example", name: "Adam Novak", role: "admin" },
  { email: "staff@farm.example", name: "Stella Wirth", role: "staff" },
  { email: "viewer@farm.example", name: "Victor Lang", role: "viewer" },
];

const SEED_SETTINGS = [
  { key: "farmName", value: "Layer & Line Print Farm" },
  { key: "currency", value: "EUR" },
];

export type SeedOptions = {
  /** The password of all four users: owner@, admin@, staff@ and viewer@farm.example. */
  password: string;
  customers?: number;
  items?: number;
  orders?: number;
  /** The day of the newest order; the oldest is two years older. */
  until?: Date;
  /** `FILAOPS_HOME/files`; without it, nothing has pictures and documents. */
  files?: string;
};

/**
 * Fills an empty, migrated database with a print farm, in one transaction and a few seconds: always the same one for the same options (but for
 * the salt of the passwords). Connect as the owner. Throws when there are users or customers already.
 */
export async function seedFarm(connectionString: string, options: SeedOptions): Promise<void> {
  const { password, customers = 300, items = 150, orders = 4000, until = systemClock.now(), files } = options;
  const farm = makeFarm({ customers, items, orders, until });
  const client = new Client({ connectionString, application_name: "filaops-seed" });
  await client.connect();
  try {
    await client.query("BEGIN");
    await refuseUnlessEmpty(client);
    await insertAll(client, farm, await hashPassword(password));
    if (files !== undefined) await insertFiles(client, files);
    await client.query("COMMIT");
    await client.query("ANALYZE");
  } finally {
    await client.end();
  }
}

async function refuseUnlessEmpty(client: Client): Promise<void> {
  const { rows } = await client.query("SELECT 1 FROM users UNION ALL SELECT 1 FROM customers LIMIT 1");
  if (rows.length > 0) throw new Error("The database is not empty: nothing was seeded.");
}

async function insertAll(client: Client, farm: Farm, passwordHash: string): Promise<void> {
  const sql = sqlOf(client);
  await insert(sql, ["settings (key, value)", "key text, value jsonb"], SEED_SETTINGS);
  const users = SEED_USERS.map((user) => ({ ...user, passwordHash }));
  await insert(sql, ["users (email, name, role, password_hash)", `email text, name text, role text, "passwordHash" text`], users);
  await insertFarm(sql, farm);
}

function sqlOf(client: Client): Sql {
  return async (text, values = []) => (await client.query<Record<string, unknown>>(text, [...values])).rows;
}

async function insertFiles(client: Client, folder: string): Promise<void> {
  const { rows } = await client.query<{ id: string }>("SELECT id::text FROM users WHERE role = 'staff' LIMIT 1");
  await addFiles(sqlOf(client), {
    by: rows[0]?.id ?? null,
    store: async (content, kind) => {
      const stored = await storeFile(folder, Readable.from([content]), { kind, reserveBytes: 0 });
      // In containers the app reads what is its group's, and the seed is another user's.
      await chown(join(folder, stored.sha256), process.getuid?.() ?? 0, (await stat(folder)).gid);
      return stored;
    },
  });
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { customers: { type: "string" }, items: { type: "string" }, orders: { type: "string" } },
  });
  const [url, password] = [readEnv("FILAOPS_OWNER_DATABASE_URL"), readEnv("FILAOPS_SEED_PASSWORD")];
  if (url === undefined || password === undefined) {
    process.stderr.write("Set FILAOPS_OWNER_DATABASE_URL and FILAOPS_SEED_PASSWORD, then run this again.\n");
    process.exitCode = 1;
  } else {
    const counts = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));
    await seedFarm(url, { password, ...counts });
    process.stdout.write(`Sign in as ${SEED_USERS.map(({ email }) => email).join(", ")}.\n`);
  }
}
