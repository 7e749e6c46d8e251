import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { isAppError } from "../platform/errors.ts";
import type { Login } from "./connect.ts";
import { connect, withConnection } from "./connect.ts";
import type { Databases } from "./databases.ts";
import { provisionLoader } from "./loader-role.ts";
import { findStrange } from "./strange.ts";
import type { TestDatabase } from "./testing/test-database.ts";
import { createTestDatabase } from "./testing/test-database.ts";

/** The loader may fill the one database that it is let into; whatever it did there, nothing of it is left afterwards. */

let db: TestDatabase;
let databases: Databases;
let green: string;
let count = 0;

beforeAll(async () => {
  db = await createTestDatabase();
  databases = db.databases();
});
afterAll(() => db.close());
beforeEach(async () => {
  count += 1;
  green = `${db.name}_green${count}`;
  await databases.create(green, await databases.settings(db.name));
  await databases.closeFence();
});
afterEach(async () => {
  const made = await databases.find(green);
  if (made !== null) await databases.drop(made.oid);
});

/** Fills the new database with these statements, one by one, as the loader. */
function filledBy(statements: readonly string[], foreign = true): Promise<void> {
  return databases.fill({ name: green, foreign }, (login) =>
    withConnection(login, { database: green, applicationName: "filaops-test-loader" }, async (client) => {
      for (const statement of statements) await client.query(statement);
    }),
  );
}

const PARTS = "CREATE TABLE parts (id bigint PRIMARY KEY, name text)";
const FUNCTION = "CREATE FUNCTION grab() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$";

test("what it made is the owner's, and nothing of the loader is left: no right, no session, no way in", async () => {
  const kept: { login?: Login; lost?: Promise<unknown> } = {};
  await databases.fill({ name: green, foreign: true }, async (login) => {
    // A session that hides among others, and outlives the work.
    const client = await connect(login, { database: green, applicationName: "psql" });
    kept.login = login;
    kept.lost = new Promise((resolve) => client.once("end", resolve));
    await client.query(`${PARTS}; ALTER ROLE ${db.roles.loader} SET search_path = 'mine'`);
    await client.query(`ALTER ROLE ${db.roles.loader} IN DATABASE ${green} SET search_path = 'mine'`);
    await client.query(`ALTER ROLE ${db.roles.loader} PASSWORD 'known'`);
  });
  await kept.lost;
  await databases.applyGrants(green);
  expect(await databases.defects(green, await databases.settings(db.name))).toEqual([]);
  const left = `SELECT classid::regclass, deptype FROM pg_shdepend WHERE refobjid = '${db.roles.loader}'::regrole AND classid <> 'pg_auth_members'::regclass
    UNION ALL SELECT 'pg_db_role_setting', 's' FROM pg_db_role_setting WHERE setrole = '${db.roles.loader}'::regrole`;
  expect(await db.query("superuser", left, green)).toEqual([]);
  const { login = db.logins.app } = kept;
  for (const password of [login.password, "known"]) {
    const again = withConnection({ ...login, password }, { database: green, applicationName: "x" }, () => Promise.resolve());
    await expect(again).rejects.toThrow(/password authentication failed/);
  }
});

test("while it is at work it enters no other database of the installation", async () => {
  await databases.fill({ name: green, foreign: true }, async (login) => {
    for (const database of [db.name, `${db.name}_blank`]) {
      const entering = withConnection(login, { database, applicationName: "x" }, () => Promise.resolve());
      await expect(entering).rejects.toThrow(/permission denied for database|not currently accepting/);
    }
  });
});

describe("of a foreign dump", () => {
  const cases: Record<string, { sql: string[]; words: string }> = {
    "a function": { sql: [FUNCTION], words: "the function grab" },
    "a function that runs as its owner": {
      sql: ["CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'"],
      words: "the function f",
    },
    "a trigger": {
      sql: [FUNCTION, "CREATE TRIGGER snare BEFORE UPDATE ON parts FOR EACH ROW EXECUTE FUNCTION grab()"],
      words: "the trigger snare",
    },
    "a trigger of the system's functions": {
      sql: ["CREATE TRIGGER still BEFORE UPDATE ON parts FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"],
      words: "the trigger still",
    },
    "a rule": { sql: ["CREATE RULE quiet AS ON DELETE TO parts DO INSTEAD NOTHING"], words: "the rule quiet" },
    "a view": { sql: ["CREATE VIEW seen AS SELECT 1 AS one"], words: "the view or unusual table seen" },
    "a materialised view": { sql: ["CREATE MATERIALIZED VIEW m AS SELECT 1 AS one"], words: "the view or unusual table m" },
    "a domain": { sql: ["CREATE DOMAIN d AS text"], words: "the type d" },
    "a schema": { sql: ["CREATE SCHEMA aside"], words: "the schema aside" },
    "a policy": { sql: ["CREATE POLICY p ON parts USING (true)"], words: "the policy p" },
    "an extension": { sql: ["CREATE EXTENSION pg_trgm"], words: "the extension pg_trgm" },
    "an operator": {
      sql: ["CREATE OPERATOR public.= (FUNCTION = texteq, LEFTARG = text, RIGHTARG = text)"],
      words: "the operator =",
    },
    "a cast": {
      sql: ["CREATE TYPE mood AS ENUM ('sad')", "CREATE CAST (mood AS text) WITH INOUT AS IMPLICIT"],
      words: "the cast to text",
    },
    "a publication": { sql: ["CREATE PUBLICATION p"], words: "the publication p" },
    statistics: { sql: ["CREATE STATISTICS s ON id, name FROM parts"], words: "the statistics s" },
    "rights for all": { sql: ["GRANT ALL ON parts TO PUBLIC"], words: "rights of others on parts" },
    "rights on a column": { sql: ["GRANT UPDATE (name) ON parts TO PUBLIC"], words: "rights of others on public.parts" },
    "rights on what comes later": {
      sql: ["ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC"],
      words: "default rights of",
    },
    "a check that ends sessions": {
      sql: ["ALTER TABLE parts ADD CHECK (pg_terminate_backend(id::int) IS NOT NULL)"],
      words: "a call of pg_terminate_backend",
    },
    "a default that runs statements": {
      sql: ["ALTER TABLE parts ADD x xml DEFAULT query_to_xml('SELECT 1', true, true, '')"],
      words: "a call of query_to_xml",
    },
  };
  test("everything that runs or lets somebody in is found", async () => {
    const found: Record<string, string[]> = {};
    await databases.fill({ name: green, foreign: true }, (login) =>
      withConnection(login, { database: green, applicationName: "filaops-test-loader" }, async (client) => {
        for (const [what, { sql }] of Object.entries(cases)) {
          await client.query("BEGIN");
          for (const statement of [PARTS, ...sql]) await client.query(statement);
          await client.query("SET LOCAL search_path = pg_catalog, pg_temp");
          found[what] = await findStrange(client);
          await client.query("ROLLBACK");
        }
      }),
    );
    for (const [what, { words }] of Object.entries(cases)) expect(found[what]?.join("; "), what).toContain(words);
  });
  test("what more could do is not even made", async () => {
    const said: Record<string, string> = {};
    await databases.fill({ name: green, foreign: true }, (login) =>
      withConnection(login, { database: green, applicationName: "filaops-test-loader" }, async (client) => {
        for (const [what, statement] of Object.entries(impossible())) {
          await client.query(statement).catch((error: unknown) => (said[what] = String(error)));
        }
      }),
    );
    for (const what of Object.keys(impossible())) expect(said[what], what).toMatch(/permission denied|must be|superuser/i);
  });
  test("it is refused before it is anybody's but the loader's, with the first ten and how many more", async () => {
    const schemas = Array.from({ length: 14 }, (_, n) => `CREATE SCHEMA s${n}`);
    const filling = filledBy([PARTS, ...schemas]);
    await expect(filling).rejects.toThrow(/the schema s12; .*; and 4 more/);
    await expect(filling).rejects.toSatisfy((error) => isAppError(error, "restore-strange"));
    const [owner] = await db.query(
      "superuser",
      "SELECT tableowner::text AS name FROM pg_tables WHERE tablename = 'parts'",
      green,
    );
    expect(owner).toEqual({ name: db.roles.loader });
  });
});

function impossible(): Record<string, string> {
  return {
    "an event trigger": "CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "a function in C": "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'libc', 'system'",
    "a large object": "SELECT lo_create(0)",
    "a subscription": "CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p WITH (connect = false)",
    "a server elsewhere": "CREATE FOREIGN DATA WRAPPER w",
    "settings of the database": `ALTER DATABASE ${green} SET search_path = mine`,
    "another name of the live one": `ALTER DATABASE ${db.name} RENAME TO gone`,
    "another database": `CREATE DATABASE ${db.name}_2`,
    "another password of the owner": `ALTER ROLE ${db.roles.owner} PASSWORD 'known'`,
    "settings of the live one": `ALTER DATABASE ${db.name} SET default_transaction_read_only = on`,
    "settings of the app": `ALTER ROLE ${db.roles.app} SET search_path = nowhere`,
    "a file": "COPY (SELECT 1) TO '/tmp/filaops-loader-was-here'",
    "what is in files": "SELECT pg_read_file('pg_hba.conf')",
    "what is known of passwords": "SELECT * FROM pg_authid",
    "the owner's place": `SET ROLE ${db.roles.owner}`,
  };
}

/** Functions of a dump with names of the system's were found first, so that what we asked in its database ran them: with the owner's rights. */
test("what we ask in a restored database calls nothing that came with it, and no prepared transaction is left", async () => {
  const trap = `CREATE FUNCTION public.format(text, text) RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN EXECUTE 'GRANT ${db.roles.writer} TO ${db.roles.app}'; RETURN 'SELECT 1'; END $$`;
  const held = ["BEGIN", "CREATE TABLE held (n int)", `PREPARE TRANSACTION '${green}'`];
  await filledBy([trap, ...held], false);
  expect(await databases.fence()).toBe("closed");
  expect(await db.query("superuser", `SELECT gid FROM pg_prepared_xacts WHERE database = '${green}'`)).toEqual([]);
});

describe("where the role is not as it should be", () => {
  const { major } = inject("postgres");
  const spoil: Record<string, () => string> = {
    "it may too much": () => `ALTER ROLE ${db.roles.loader} CREATEDB CREATEROLE`,
    "it is a member of another": () => `GRANT ${db.roles.app} TO ${db.roles.loader}`,
    "the owner is not its member": () => `REVOKE ${db.roles.loader} FROM ${db.roles.owner}`,
    "it enters the live database": () => `GRANT CONNECT ON DATABASE ${db.name} TO ${db.roles.loader}`,
    "there is none": () => `DROP ROLE ${db.roles.loader}`,
  };
  test.each(Object.entries(spoil))(
    "%s: nothing foreign is restored, our own as before; what it says to run mends it",
    async (_what, sql) => {
      expect(major).toBeGreaterThanOrEqual(15);
      await db.query("superuser", sql());
      const remedy = await databases.loaderRemedy();
      expect(remedy).not.toBeNull();
      await expect(filledBy([PARTS])).rejects.toSatisfy((error) => isAppError(error, "loader-missing"));
      await filledBy([PARTS], false);
      const [row] = await db.query("owner", "SELECT tableowner AS owner FROM pg_tables WHERE tablename = 'parts'", green);
      expect(row).toEqual({ owner: db.roles.owner });
      for (const statement of remedy!.split("; ")) await db.query("superuser", statement);
      expect(await databases.loaderRemedy()).toBeNull();
    },
  );
  test("the update service makes it where it knows the superuser", async () => {
    await db.query("superuser", `DROP ROLE ${db.roles.loader}`);
    await provisionLoader(db.logins.superuser, db.roles);
    await provisionLoader(db.logins.superuser, db.roles);
    expect(await databases.loaderRemedy()).toBeNull();
    await filledBy([PARTS]);
  });
});
