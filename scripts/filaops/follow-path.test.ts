import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AppError } from "../../server/platform/errors.ts";
import { homePaths } from "../../server/platform/home.ts";
import type { ArchiveClient } from "../../server/updater/archive-client.ts";
import type { UpdaterApi } from "../../server/updater/client.ts";
import type { Chain } from "../../server/updates/chain-contract.ts";
import { endChain } from "../../server/updates/chain.ts";
import type { JournalEntry, Outcome, Plan } from "../../server/updates/contract.ts";
import { layOutHome } from "../../server/updates/testing/memory-home.ts";
import { plannedEntry } from "../../server/updates/testing/memory-run.ts";
import { testConfig, testPlan } from "../../server/updates/testing/plans.ts";
import { wishCancel } from "../../server/updates/cancel.ts";
import type { UpdateFlags } from "./act.ts";
import { update } from "./act.ts";
import { followPath } from "./follow-path.ts";
import type { Site } from "./site.ts";

const CHAIN: Chain = { id: "01KE6FZZZZZZZZZZZZZZZZZZZC", path: ["2.0.0", "3.0.0"], index: 0 };
const [FIRST, SECOND] = ["01KE6G00000000000000000001", "01KE6G00000000000000000002"] as const;

let folder: string;
let said: string[];
let site: Site;
let asked: object[];
let answers: boolean | null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-follow-"));
  [said, asked, answers] = [[], [], null];
  const updater = {
    planUpdate: { mutate: () => Promise.resolve(planned) },
    start: { mutate: (input: object) => Promise.resolve(void asked.push(input)).then(() => Promise.reject(new Error("begun"))) },
  } as unknown as UpdaterApi;
  const clock = { now: () => new Date(), monotonic: () => performance.now(), sleep: () => duringPause() };
  site = {
    ...{ paths: homePaths(folder), config: testConfig, clock, updater, archives: {} as ArchiveClient },
    say: (line) => said.push(line),
    ask: null,
    get confirm() {
      const answer = answers;
      return answer === null ? null : () => Promise.resolve(answer);
    },
  };
});
afterEach(() => rm(folder, { recursive: true }));

/** What happens while the command waits. */
let duringPause: () => Promise<void>;
let planned: Plan;

const stepTo = (index: number): Plan => ({
  ...testPlan,
  ...{ from: index === 0 ? "1.0.0" : "2.0.0", to: CHAIN.path[index] ?? "", chain: { ...CHAIN, index } },
});

async function layOut(run: string, index: number, outcome: Outcome): Promise<void> {
  const plan = stepTo(index);
  const at = plan.createdAt;
  const problem = outcome === "rolled_back" ? new AppError("probe-failed", { what: "It", reason: "no" }).problem : null;
  const entries: JournalEntry[] = [{ ...plannedEntry(plan), run } as JournalEntry, { type: "finished", outcome, problem, at }];
  await layOutHome(folder, [{ run, plan, entries }]);
}

test.each<[Outcome, number]>([
  ["complete", 0],
  ["rolled_back", 1],
])(
  "a path is followed over the exchange of the update service; a second step that ends %s is exit code %i",
  async (outcome, exit) => {
    await layOut(FIRST, 0, "complete");
    duringPause = () => layOut(SECOND, 1, outcome);
    const answer = await followPath(site, FIRST);
    expect(said).toContain("Step 2 of 2: to 3.0.0.");
    expect(said.join("\n")).toContain("Update from 2.0.0 to 3.0.0, step 2 of 2 on the way to 3.0.0");
    expect(answer).toMatchObject({ exit, json: { run: SECOND, outcome, path: ["2.0.0", "3.0.0"] } });
    const whole = "FilaOps is now 2.0.0 and works; the step to 3.0.0 did not work out and was taken back.";
    expect(answer.text.includes(whole)).toBe(outcome === "rolled_back");
  },
);

test("a path that is ended between two steps says so, by whom or by what", async () => {
  await layOut(FIRST, 0, "complete");
  duringPause = () => wishCancel(site.paths, FIRST, { kind: "user", id: "7", name: "Ann", role: "admin" });
  const ended = await followPath(site, FIRST);
  expect(ended.text).toEqual(["FilaOps is now 2.0.0 and works; the step to 3.0.0 was not begun. Ann ended it there."]);
  await rm(site.paths.cancelWish(FIRST));
  const { problem } = new AppError("release-unknown", { version: "3.0.0" });
  duringPause = () => endChain(site.paths, FIRST, { at: new Date(), problem });
  const broken = await followPath(site, FIRST);
  expect(broken).toMatchObject({ exit: 1, json: { problem: { code: "release-unknown" } } });
  expect(broken.text).toContain(problem.happened);
});

const breaking: Plan["breaking"] = {
  reasons: ["major", "listed", "stop"],
  releases: [
    {
      version: "2.0.0",
      changes: [
        { title: "Rush is a priority", detail: "It\u001b[2J moved.", action: "Tell people.", url: "https://filaops.example/2" },
      ],
    },
    { version: "3.0.0", changes: [] },
  ],
  notMigratable: [],
};

test.each<[string, Partial<UpdateFlags>, boolean | null, boolean]>([
  ["--yes alone", { yes: true }, null, false],
  ["nobody to ask", {}, null, false],
  ["--breaking", { breaking: true }, null, true],
  ["a no", { yes: true }, false, false],
  ["a yes", {}, true, true],
])("a breaking update is shown whole, and begun or not: %s", async (_what, flags, typed, begins) => {
  planned = { ...stepTo(0), breaking };
  answers = typed;
  const wish = update(site, { version: "3.0.0", yes: false, breaking: false, ...flags });
  if (begins) await expect(wish).rejects.toThrow("begun");
  else await wish;
  expect(asked).toHaveLength(begins ? 1 : 0);
  if (begins) expect(asked).toMatchObject([{ acceptBreaking: true }]);
  expect(said).toEqual(
    expect.arrayContaining([
      "Update from 1.0.0 to 2.0.0, step 1 of 2 on the way to 3.0.0.",
      "    2.0.0: Rush is a priority",
      "      It[2J moved.",
      "      What to do: Tell people.",
      "      More: https://filaops.example/2",
      "    3.0.0 is a new major version; it lists no changes that you have to know of.",
    ]),
  );
  expect(said.join("\n")).toContain("2.0.0 first, then 3.0.0");
});
