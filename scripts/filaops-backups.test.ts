import { appendFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { HomeStage, Ran } from "../server/updater/testing/home-stage.ts";
import { allWell, setHomeStage } from "../server/updater/testing/home-stage.ts";

/** What the command line does with backups: made, listed, proved, found damaged, restored and taken back. */

let stage: HomeStage;
beforeAll(async () => {
  stage = await setHomeStage();
  stage.start("gate");
  stage.start("updater");
  await allWell(stage);
});
afterAll(() => stage.close());

const json = ({ stdout }: Ran) => JSON.parse(stdout) as Record<string, unknown>;
const containing = (text: string) => expect.stringContaining(text) as string;
const addCustomer = (name: string) => stage.db.query("owner", `INSERT INTO customers (name) VALUES ('${name}')`);
const customers = async () => (await stage.db.query("owner", "SELECT name FROM customers ORDER BY id")).map(({ name }) => name);

/** All backups as `filaops backups` gives them to a script. */
async function listed(): Promise<
  { id: string; backup: { note: string; kind: string } | null; state: string; drilled: unknown }[]
> {
  return (json(await stage.filaops(["backups", "--json"])) as { backups: Awaited<ReturnType<typeof listed>> }).backups;
}

test("a backup is made, listed with its note, read through and restored on trial", async () => {
  expect(await stage.filaops(["backups"])).toMatchObject({ code: 0, stdout: containing("There is no backup yet.") });
  await addCustomer("Before");
  const made = await stage.filaops(["backup", "--note", "A word on why"]);
  expect(made).toMatchObject({ code: 0, stdout: containing("Backing up your data: done") });
  const [first] = await listed();
  expect(first).toMatchObject({ backup: { note: "A word on why", kind: "manual" }, state: "verified", drilled: null });
  expect(await stage.filaops(["verify", first!.id])).toMatchObject({ code: 0, stdout: containing("Check of the backup of ") });
  expect(await stage.filaops(["drill", first!.id])).toMatchObject({ code: 0, stdout: containing("Restoring it on trial: done") });
  const { stdout } = await stage.filaops(["backups"]);
  expect(stdout).toMatch(new RegExp(`^${first!.id} .* by hand, FilaOps 1\\.0\\.0, .* MB, checked, restored on trial `));
  expect(stdout).toContain("  A word on why\n");
});

test("wrong usage is exit code 2: no id, no id of ours, nobody to ask", async () => {
  const [first] = await listed();
  const wrong = [["restore"], ["restore", "../../etc"], ["verify", "latest"], ["restore", first!.id]];
  const ran = await Promise.all(wrong.map((args) => stage.filaops(args)));
  expect(ran.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
  expect(ran.at(-1)?.stdout).toContain("Say --yes to go ahead without a question.");
  const unknown = await stage.filaops(["restore", "01KAT5Y3G00000000000000000", "--yes", "--json"]);
  expect([unknown.code, json(unknown)]).toMatchObject([1, { problem: { code: "not-found" } }]);
});

test("restore says what would be lost, in numbers, and restores; undo brings it back", async () => {
  const [first] = await listed();
  await addCustomer("Since");
  const restored = await stage.filaops(["restore", first!.id, "--yes"]);
  expect(restored.stdout).toContain("Entered since, and set aside by the restore:");
  expect(restored.stdout).toContain("customers: 1 added, 0 changed, 0 removed");
  expect(restored).toMatchObject({ code: 0, stdout: containing("Complete.") });
  expect(await customers()).toEqual(["Before"]);
  expect(await stage.filaops(["status"])).toMatchObject({ code: 0, stdout: containing("The restore of the backup of ") });
  expect((await listed())[0]).toMatchObject({ backup: { kind: "safety" } });

  expect(await stage.filaops(["undo", "--yes"])).toMatchObject({ code: 0, stdout: containing("Undo of the restore.") });
  expect(await customers()).toEqual(["Before", "Since"]);
  await allWell(stage);
});

test("a backup that is no good is exit code 1, in words; so is one that is gone", async () => {
  await stage.filaops(["backup"]);
  const [damaged] = await listed();
  const folder = join(stage.paths.backup(damaged!.id), "database");
  const [file] = await readdir(folder);
  await appendFile(join(folder, file!), "grown");
  for (const verb of ["verify", "drill", "restore"]) {
    expect(await stage.filaops([verb, damaged!.id, ...(verb === "restore" ? ["--yes"] : [])])).toMatchObject({
      code: 1,
      stdout: containing("is damaged"),
    });
  }
  await rm(stage.paths.backup(damaged!.id), { recursive: true });
  expect((await stage.filaops(["backups"])).stdout).toMatch(new RegExp(`^${damaged!.id}  MISSING$`, "m"));
});
