import { AppError } from "../../platform/errors.ts";
import type { Check } from "./check.ts";

/** pg_dump's major equals the server's: an older one refuses, a newer one writes what the server's own tools cannot read. */
export const dumpProgram: Check = {
  name: "pg_dump",
  title: "The backup program fits the database",
  async look({ databases, dumpMajor }, { kind }) {
    if (kind === "undo" || kind === "verify" || kind === "offsite") return null;
    const [server, program] = [(await databases.serverVersion()).major, await dumpMajor()];
    if (server === program) return null;
    const hint = `Install postgresql-client-${server}, or correct \`postgres.binaries\` in config.json.`;
    return new AppError("program-missing", { program: `pg_dump ${server} (found: ${program})`, hint }).problem;
  },
};
