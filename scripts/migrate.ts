import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loginFromUrl } from "../server/databases/login-url.ts";
import { migrate } from "../server/databases/migrate.ts";
import { systemClock } from "../server/platform/clock.ts";
import { readEnv } from "../server/platform/env.ts";
import { AppError, toProblem } from "../server/platform/errors.ts";

/**
 * Brings the database of `FILAOPS_OWNER_DATABASE_URL` to the schema of the release that this file belongs to. Prints a line of JSON for each
 * migration, and the problem if there is one. Ends when its standard input does: then whoever started it is gone.
 */
async function main(): Promise<void> {
  process.stdin.on("end", () => process.exit(1)).on("error", () => process.exit(1));
  process.stdin.resume();
  const url = readEnv("FILAOPS_OWNER_DATABASE_URL");
  if (url === undefined) throw new AppError("unexpected", { detail: "FILAOPS_OWNER_DATABASE_URL is not set" });
  // The same place from scripts/ and from a release's bin/.
  const folder = join(dirname(fileURLToPath(import.meta.url)), "..", "prisma", "migrations");
  const { login, database } = loginFromUrl(url);
  await migrate(
    { login, database, folder },
    { applicationName: readEnv("FILAOPS_APPLICATION_NAME") ?? "filaops-migrate", clock: systemClock, onMigration: print },
  );
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    print({ problem: toProblem(error) });
    process.exit(1);
  },
);
