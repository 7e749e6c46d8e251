import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withConnection } from "../../server/databases/connect.ts";
import type { Login } from "../../server/databases/connect.ts";
import { urlOf } from "../../server/databases/login-url.ts";
import { migrate } from "../../server/databases/migrate.ts";
import { provision } from "../../server/databases/provision.ts";
import { systemClock } from "../../server/platform/clock.ts";
import { makeFolder, remove } from "../../server/platform/files.ts";
import { freePort } from "../../server/platform/free-port.ts";
import { createPostgresServer, findPostgresBinaries } from "../../server/platform/postgres-server.ts";

const APPLICATION = "filaops-bench";
const MIGRATIONS = join(import.meta.dirname, "../../prisma/migrations");
const ROLES = { owner: "bench_owner", app: "bench_app", writer: "bench_writer", loader: "bench_loader" };
const LINES = 3;

/** A PostgreSQL of the bench's own on the disk, with one farm that can be made larger. */
export type BenchFarm = {
  /** A folder for whatever is measured; goes with the rest. */
  folder: string;
  /** Of PostgreSQL's programs. */
  binaries: string;
  major: number;
  database: string;
  logins: Record<"superuser" | "app", Login>;
  appUrl: string;
  schemaHead: string;
  /** Adds rows until there are so many orders, three lines each; always the same ones. Says how many rows there are of everything. */
  growTo: (orders: number) => Promise<number>;
  close: () => Promise<void>;
};

export async function openBenchFarm(): Promise<BenchFarm> {
  const folder = await mkdtemp(join(tmpdir(), "filaops-bench-"));
  await chmod(folder, 0o755); // the cluster's user must get through
  const { folder: binaries, major } = await findPostgresBinaries();
  const port = await freePort();
  const server = createPostgresServer({ binaries, data: join(folder, "data"), port, clock: systemClock });
  const close = async () => {
    await server.stop("immediate");
    await remove(folder);
  };
  try {
    const secret = () => randomBytes(12).toString("hex");
    const password = secret();
    await server.init(password);
    await server.start();
    const login = (user: string, mine: string): Login => ({ host: server.host, port, user, password: mine });
    const [superuser, owner, app] = [login(server.superuser, password), login(ROLES.owner, secret()), login(ROLES.app, secret())];
    const database = "bench";
    await provision(superuser, { database, roles: ROLES, ownerPassword: owner.password, appPassword: app.password });
    await migrate({ login: owner, database, folder: MIGRATIONS }, { applicationName: APPLICATION, clock: systemClock });
    await makeFolder(join(folder, "out"));
    return {
      ...{ folder: join(folder, "out"), binaries, major, database, logins: { superuser, app } },
      ...{ appUrl: urlOf(app, database), schemaHead: newestMigration(), close },
      growTo: (orders) => growTo({ superuser, database }, orders),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function newestMigration(): string {
  const names = readdirSync(MIGRATIONS).filter((name) => /^\d{14}_/.test(name));
  return names.sort().at(-1) ?? "";
}

/** Rows as a farm may have them: text with commas, quotes and line breaks here and there, money, dates. */
async function growTo({ superuser, database }: { superuser: Login; database: string }, orders: number): Promise<number> {
  return withConnection(superuser, { database, applicationName: APPLICATION }, async (client) => {
    // The rows are right by their making; asking for each reference again would take longer than all else.
    await client.query("SET session_replication_role = replica");
    const { rows } = await client.query<{ from: string }>('SELECT count(*) AS "from" FROM orders');
    const from = Number(rows[0]?.from ?? 0);
    if (from === 0) await client.query(BASE);
    await client.query(ORDERS, [from + 1, orders]);
    await client.query(ORDER_LINES, [from + 1, orders]);
    await client.query("VACUUM ANALYZE");
    await client.query("CHECKPOINT");
    const { rows: counted } = await client.query<{ rows: string }>(
      `SELECT (SELECT count(*) FROM customers) + (SELECT count(*) FROM items) + (SELECT count(*) FROM orders)
            + (SELECT count(*) FROM order_lines) AS rows`,
    );
    return Number(counted[0]?.rows);
  });
}

const BASE = `
  INSERT INTO customers (id, number, name, email, phone, address, notes, created_at) OVERRIDING SYSTEM VALUE
    SELECT n, 'C-' || lpad(n::text, 5, '0'), 'Müller, ' || md5(n::text), md5(n::text) || '@farm.example', '+49 30 ' || n * 7919 % 1000000,
           'Hauptstraße ' || n % 140 || E'\\n10115 Berlin', CASE WHEN n % 5 = 0 THEN 'Says "matte", always' ELSE '' END, timestamptz '2024-01-01'
      FROM generate_series(1, 5000) n;
  INSERT INTO items (id, sku, name, description, material, selling_price, standard_cost, on_hand, reorder_point) OVERRIDING SYSTEM VALUE
    SELECT n, 'PRT-' || lpad(n::text, 5, '0'), 'Part ' || n, 'Printed in PLA, layer height 0.2 mm.', 'PLA', n % 900 / 10.0, n % 700 / 100.0,
           n % 120 - 3, n % 20
      FROM generate_series(1, 1000) n`;

const ORDERS = `
  INSERT INTO orders (id, number, customer_id, status, placed_at, due_at, notes, total, created_at) OVERRIDING SYSTEM VALUE
    SELECT n, 'O-' || lpad(n::text, 8, '0'), 1 + n * 7919 % 5000, (ARRAY['shipped', 'ready', 'printing', 'confirmed'])[1 + n % 4],
           timestamptz '2024-01-01' + n * interval '61 seconds', CASE WHEN n % 7 = 0 THEN NULL ELSE timestamptz '2024-01-15' + n * interval '61 seconds' END,
           CASE WHEN n % 8 = 0 THEN 'Fragile: pack well, ' || md5(n::text) ELSE '' END,
           (SELECT sum(round((1 + (n + l) % 20) * ((n * 31 + l) % 9000 / 100.0), 2)) FROM generate_series(1, ${LINES}) l),
           timestamptz '2024-01-01' + n * interval '61 seconds'
      FROM generate_series($1::bigint, $2::bigint) n`;

const ORDER_LINES = `
  INSERT INTO order_lines (order_id, item_id, position, description, quantity, unit_price, line_total)
    SELECT n, CASE WHEN (n + l) % 16 = 0 THEN NULL ELSE 1 + (n * 13 + l) % 1000 END, l, 'Part ' || (n * 13 + l) % 1000 || ', matte', 1 + (n + l) % 20,
           (n * 31 + l) % 9000 / 100.0, round((1 + (n + l) % 20) * ((n * 31 + l) % 9000 / 100.0), 2)
      FROM generate_series($1::bigint, $2::bigint) n, generate_series(1, ${LINES}) l`;
