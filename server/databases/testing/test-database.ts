import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Client } from "pg";
import { escapeIdentifier as id } from "pg";
import { inject } from "vitest";
import { systemClock } from "../../platform/clock.ts";
import type { Login, RoleNames } from "../connect.ts";
import type { Databases } from "../databases.ts";
import { connect, MAINTENANCE_DATABASE, withConnection } from "../connect.ts";
import { grantTables } from "../grants.ts";
import { urlOf } from "../login-url.ts";
import { migrate } from "../migrate.ts";
import { createDatabases } from "../postgres.ts";
import { provision } from "../provision.ts";

type Who = "owner" | "app" | "superuser";

/** A database of a test file's own, with roles of its own, since roles and the fence belong to the whole server. */
export type TestDatabase = {
  /** The live database's name. */
  name: string;
  roles: RoleNames;
  logins: Record<Who, Login>;
  /** Address of a database (the live one unless told) for programs that take a URL. */
  url: (who: Who, database?: string) => string;
  /** An open connection; `close` ends those that the test leaves open. */
  connect: (who: Who, database?: string) => Promise<Client>;
  /** Runs one statement and gives its rows. */
  query: (who: Who, sql: string, database?: string) => Promise<Record<string, unknown>[]>;
  /** The owner's side of it, as a run with this application name has it; `close` closes it. */
  databases: (applicationName?: string) => Databases;
  /** Ends our connections, drops all databases of the owner and the roles. */
  close: () => Promise<void>;
};

const MIGRATIONS = join(import.meta.dirname, "../../../prisma/migrations");

/**
 * Provisions roles and a database in the run's cluster: with the migrations of the repo, or with the given SQL run as the owner instead
 * (`""` for an empty one). `name` is put behind a random prefix.
 */
export async function createTestDatabase(options: { sql?: string; name?: string } = {}): Promise<TestDatabase> {
  const { host, port, superuser, password } = inject("postgres");
  const prefix = `t${randomBytes(4).toString("hex")}`;
  const name = `${prefix}_${options.name ?? "live"}`;
  const roles = { owner: `${prefix}_owner`, app: `${prefix}_app`, writer: `${prefix}_writer`, loader: `${prefix}_loader` };
  const logins = {
    superuser: { host, port, user: superuser, password },
    owner: { host, port, user: roles.owner, password: randomBytes(12).toString("hex") },
    app: { host, port, user: roles.app, password: randomBytes(12).toString("hex") },
  };
  const secrets = { ownerPassword: logins.owner.password, appPassword: logins.app.password };
  await provision(logins.superuser, { database: name, roles, ...secrets });
  if (options.sql === undefined) {
    const target = { login: logins.owner, database: name, folder: MIGRATIONS };
    await migrate(target, { applicationName: "filaops-test", clock: systemClock });
  }
  const open = new Set<Client>();
  const opened: Databases[] = [];

  async function connectAs(who: Who, database = name): Promise<Client> {
    const client = await connect(logins[who], { database, applicationName: `filaops-test-${who}` });
    open.add(client);
    return client;
  }

  async function query(who: Who, sql: string, database = name): Promise<Record<string, unknown>[]> {
    return withConnection(logins[who], { database, applicationName: `filaops-test-${who}` }, async (client) => {
      const { rows } = await client.query<Record<string, unknown>>(sql);
      return rows;
    });
  }

  function databases(applicationName = "filaops-test-run"): Databases {
    const made = createDatabases({
      host,
      port,
      roles,
      ownerPassword: logins.owner.password,
      live: name,
      applicationName,
      clock: systemClock,
    });
    opened.push(made);
    return made;
  }

  async function close(): Promise<void> {
    await Promise.all(opened.map((one) => one.close()));
    await Promise.all([...open].map((client) => client.end().catch(() => undefined)));
    const connection = { database: MAINTENANCE_DATABASE, applicationName: "filaops-test" };
    await withConnection(logins.superuser, connection, async (client) => {
      const { rows } = await client.query<{ datname: string }>(
        "SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = $1",
        [roles.owner],
      );
      for (const { datname } of rows) await client.query(`DROP DATABASE ${id(datname)} WITH (FORCE)`);
      await client.query(`DROP OWNED BY ${id(roles.owner)}, ${id(roles.app)}, ${id(roles.writer)}, ${id(roles.loader)}`);
      await client.query(`DROP ROLE ${id(roles.app)}, ${id(roles.writer)}, ${id(roles.loader)}, ${id(roles.owner)}`);
    });
  }

  if (options.sql !== undefined && options.sql !== "") await query("owner", options.sql);
  await withConnection(logins.owner, { database: name, applicationName: "filaops-test" }, (client) => grantTables(client, roles));
  return {
    name,
    roles,
    logins,
    connect: connectAs,
    query,
    databases,
    close,
    url: (who, database = name) => urlOf(logins[who], database),
  };
}
