import { copyFile, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { remove } from "../../../platform/files.ts";
import { docker } from "./engine.ts";

const NAME = "filaops-test-postgres:17";
const ENTRYPOINT = "postgres-entrypoint.sh";

/** Debian's PostgreSQL 17 with the public image's environment and manners, standing in for it where it cannot be pulled. */
export async function postgresImage(base: string): Promise<string> {
  const context = await mkdtemp(join(tmpdir(), "filaops-postgres-"));
  try {
    await copyFile(join(import.meta.dirname, ENTRYPOINT), join(context, ENTRYPOINT));
    const lines = [
      `FROM ${base}`,
      "ENV PATH=/usr/lib/postgresql/17/bin:/usr/local/bin:/usr/bin:/bin PGDATA=/var/lib/postgresql/data",
      `COPY ${ENTRYPOINT} /`,
      `ENTRYPOINT ["bash", "/${ENTRYPOINT}"]`,
      "STOPSIGNAL SIGINT",
    ];
    await writeFile(join(context, "Dockerfile"), `${lines.join("\n")}\n`);
    await docker(["build", "--quiet", "--tag", NAME, context]);
  } finally {
    await remove(context);
  }
  return NAME;
}
