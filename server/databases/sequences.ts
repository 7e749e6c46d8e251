import type { Client } from "pg";

/** The last number that each sequence of the schema `public` gave out; those that gave none are left out. */
export async function readSequences(client: Client): Promise<Map<string, bigint>> {
  const { rows } = await client.query<{ name: string; value: string }>(
    `SELECT format('%I.%I', schemaname, sequencename) AS name, last_value::text AS value
       FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL`,
  );
  return new Map(rows.map(({ name, value }) => [name, BigInt(value)]));
}

/** Sets every sequence to the given number where that is higher, so that no number is given out twice; never lowers one. */
export async function raiseTo(client: Client, floors: ReadonlyMap<string, bigint>): Promise<void> {
  const { rows } = await client.query<{ name: string; value: string | null }>(
    `SELECT format('%I.%I', schemaname, sequencename) AS name, last_value::text AS value FROM pg_sequences WHERE schemaname = 'public'`,
  );
  for (const { name, value } of rows) {
    const floor = floors.get(name);
    if (floor !== undefined && (value === null || BigInt(value) < floor)) {
      await client.query("SELECT setval($1::regclass, $2::bigint)", [name, String(floor)]);
    }
  }
}
