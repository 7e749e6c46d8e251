import { describe, expect, it } from "vitest";
import type { Status } from "../../updates/contract.ts";
import { status } from "../testing/status.ts";
import { pageWords } from "./page-words.ts";
import { publicView } from "./public-view.ts";

const now = new Date("2026-11-23T12:00:10.000Z");
const words = (changes: Partial<Status>, at = now) => pageWords(publicView(status(changes)), at);

describe("what the page says", () => {
  it("of an update", () => {
    expect(words({ percent: 41.9 })).toMatchObject({
      title: "Updating FilaOps to 1.1.0",
      lines: ["You can read; saving works again in a moment.", "You can close this window; the update goes on."],
      step: "Copying the database",
      percent: 41,
      manual: null,
    });
  });

  it.each([
    [{ kind: "restore" }, "Restoring a backup", "The restore has gone quiet", "A restore could not be finished"],
    [{ kind: "undo", undoes: "restore" }, "Undoing a restore", "The way back has gone quiet", "A way back could not be finished"],
    [
      { kind: "start_fresh" },
      "Starting fresh with FilaOps 1.1.0",
      "The fresh start has gone quiet",
      "A fresh start could not be finished",
    ],
    [
      { kind: "undo", undoes: "start_fresh" },
      "Undoing a fresh start",
      "The way back has gone quiet",
      "A way back could not be finished",
    ],
    [{ kind: "update" }, "Updating FilaOps to 1.1.0", "The update has gone quiet", "An update could not be finished"],
  ] as const)("of %j: under way, silent, and when it needs a person", (run, title, silent, stuck) => {
    expect(words(run).title).toBe(title);
    expect(words(run, new Date("2026-11-23T12:03:00.000Z")).title).toBe(silent);
    expect(words({ ...run, outcome: "needs_attention" }).lines[0]).toContain(stuck);
  });

  it("of an undo", () => {
    expect(words({ kind: "undo", to: "1.0.0" }).title).toBe("Going back to FilaOps 1.0.0");
  });

  it("of a way back by itself", () => {
    const said = words({ goingBack: true });
    expect(said.title).toBe("FilaOps is going back");
    expect(said.lines.join(" ")).toContain("Nothing that you saved is lost.");
  });

  it("of a run that is silent past its lease: the way by hand, and where the log lies", () => {
    const said = words({}, new Date("2026-11-23T12:03:00.000Z"));
    expect(said.title).toBe("The update has gone quiet");
    expect(said.lines[0]).toContain("no sign of life for 3 minutes");
    expect(said.manual).toEqual({ log: "updates/01JD8Z0000000000000000000A/output.log", settle: false });
    expect(words({}, new Date("2026-11-23T12:01:01.000Z")).lines[0]).toContain("61 seconds");
    expect(words({}, new Date("2026-11-23T14:00:00.000Z")).lines[0]).toContain("2 hours");
  });

  it("of a run that needs a person, however old", () => {
    const said = words({ outcome: "needs_attention" }, new Date("2026-12-23T12:00:00.000Z"));
    expect(said).toMatchObject({ title: "FilaOps needs a person", percent: null });
    expect(said.manual).toMatchObject({ log: expect.stringContaining("output.log") as string, settle: true });
  });

  it.each(["complete", "rolled_back", "failed", "cancelled"] as const)("after a run that is %s, as without one", (outcome) => {
    expect(words({ outcome })).toEqual(pageWords(null, now));
    expect(pageWords(null, now)).toMatchObject({ title: "FilaOps is not answering right now", steps: [], manual: { log: null } });
  });
});
