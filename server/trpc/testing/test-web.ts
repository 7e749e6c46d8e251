import { readdirSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "next-auth/jwt";
import type { Role } from "../../accounts/contract.ts";
import { createAttempts } from "../../auth/attempts.ts";
import { hashPassword } from "../../auth/passwords.ts";
import { passwordMark, sessionCookie } from "../../auth/session.ts";
import type { TestDatabase } from "../../databases/testing/test-database.ts";
import { createTestDatabase } from "../../databases/testing/test-database.ts";
import { createImports } from "../../imports/imports.ts";
import { createExports } from "../../exports/exports.ts";
import { systemClock } from "../../platform/clock.ts";
import { createAppDatabase } from "../../platform/db.ts";
import { remove } from "../../platform/files.ts";
import { silentLog } from "../../platform/log.ts";
import { createUpdaterClient } from "../../updater/client.ts";
import { createCallerFactory, createContext } from "../init.ts";
import { appRouter } from "../root.ts";
import type { Web } from "../web.ts";

export const PASSWORD = "a password for tests";
const ROLES = ["viewer", "staff", "admin", "owner"] as const satisfies Role[];
export const PUBLIC_URL = "http://farm.test:3000";

const createCaller = createCallerFactory(appRouter);

/** The web on a database of its own with one user of each role, and callers as a browser of theirs would be. */
export async function createTestWeb() {
  const farm = await createTestDatabase();
  const files = await mkdtemp(join(tmpdir(), "filaops-files-"));
  const imports = await mkdtemp(join(tmpdir(), "filaops-imports-"));
  const folder = await mkdtemp(join(tmpdir(), "filaops-exports-"));
  const database = createAppDatabase({
    url: farm.url("app"),
    schemaHead: newestMigration(),
    applicationName: "filaops-web-test",
  });
  let epoch = 0;
  const web: Web = {
    build: { version: "1.0.0", commit: "0".repeat(40), schemaHead: newestMigration() },
    database,
    attempts: createAttempts(),
    clock: systemClock,
    log: silentLog,
    secret: "a secret for tests",
    publicUrl: new URL(PUBLIC_URL),
    secure: false,
    epoch: () => Promise.resolve(epoch),
    updater: createUpdaterClient({ socketPath: "/nonexistent/updater.sock", token: "" }),
    statusFile: undefined,
    files,
    imports: createImports({ folder: imports, files, database, clock: systemClock, log: silentLog }),
    exports: createExports({ database, folder, files, appVersion: "1.0.0", clock: systemClock, log: silentLog, reserveBytes: 0 }),
  };
  const passwordHash = await hashPassword(PASSWORD);
  const ids = {} as Record<Role, string>;
  for (const role of ROLES) ids[role] = await addUser(farm, { role, passwordHash });

  /** The headers of a signed-in person's browser; of a stranger's for `null`. */
  async function headersOf(role: Role | null, more: Record<string, string> = {}): Promise<Headers> {
    const headers = new Headers({ origin: PUBLIC_URL, "content-type": "application/json", ...more });
    if (role !== null) headers.set("cookie", `${sessionCookie(false)}=${await sessionOf(ids[role])}`);
    return headers;
  }

  function sessionOf(sub: string, mark = passwordMark(passwordHash)): Promise<string> {
    return encode({ token: { sub, epoch, mark }, secret: web.secret });
  }

  return {
    web,
    farm,
    /** Where imports lie. */
    imports,
    /** Where exports lie. */
    folder,
    ids,
    headersOf,
    sessionOf,
    raiseEpoch: () => {
      epoch += 1;
    },
    caller: async (role: Role | null, more: Record<string, string> = {}) =>
      createCaller(createContext(web, { headers: await headersOf(role, more), method: "POST" })),
    callerWith: (headers: Headers) => createCaller(createContext(web, { headers, method: "POST" })),
    close: async () => {
      await Promise.all([web.database.close(), web.updater.close()]);
      await farm.close();
      await Promise.all([files, imports, folder].map(remove));
    },
  };
}

export type TestWeb = Awaited<ReturnType<typeof createTestWeb>>;

async function addUser(farm: TestDatabase, { role, passwordHash }: { role: Role; passwordHash: string }): Promise<string> {
  const [row] = await farm.query(
    "owner",
    `INSERT INTO users (email, name, role, password_hash, last_seen_at)
     VALUES ('${role}@farm.test', 'The ${role}', '${role}', '${passwordHash}', now()) RETURNING id::text`,
  );
  return String(row?.["id"]);
}

function newestMigration(): string {
  const names = readdirSync(new URL("../../../prisma/migrations", import.meta.url));
  return (
    names
      .filter((name) => /^\d{14}_/.test(name))
      .sort()
      .at(-1) ?? ""
  );
}
