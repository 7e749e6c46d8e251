import { TRPCError } from "@trpc/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Role } from "../accounts/contract.ts";
import type { AppRouter } from "./root.ts";
import { appRouter } from "./root.ts";
import type { TestWeb } from "./testing/test-web.ts";
import { createTestWeb } from "./testing/test-web.ts";

type Routers = AppRouter["_def"]["record"];
/** `customers.list` and so on: all procedures that there are, by their types. */
type Path = { [R in keyof Routers]: `${R}.${keyof Routers[R] & string}` }[keyof Routers];
type Right = "everybody" | Role;

/** Who may call what. A procedure that is not here does not compile, so nobody adds one without saying it. */
const ACCESS: Record<Path, Right> = {
  "setup.state": "everybody",
  "setup.create": "everybody",
  "users.me": "viewer",
  "users.changePassword": "viewer",
  "users.list": "owner",
  "users.create": "owner",
  "users.update": "owner",
  "users.resetPassword": "owner",
  "tokens.list": "admin",
  "tokens.create": "admin",
  "tokens.revoke": "admin",
  "settings.get": "viewer",
  "settings.update": "admin",
  "customers.list": "viewer",
  "customers.get": "viewer",
  "customers.create": "staff",
  "customers.update": "staff",
  "items.list": "viewer",
  "items.get": "viewer",
  "items.create": "staff",
  "items.update": "staff",
  "orders.list": "viewer",
  "orders.get": "viewer",
  "orders.statuses": "viewer",
  "orders.create": "staff",
  "orders.update": "staff",
  "orders.addAttachment": "staff",
  "orders.removeAttachment": "staff",
  "imports.list": "admin",
  "imports.get": "admin",
  "imports.findings": "admin",
  "imports.fromExport": "admin",
  "imports.setMapping": "admin",
  "imports.start": "admin",
  "imports.cancel": "admin",
  "imports.remove": "admin",
  "system.version": "viewer",
  "system.bar": "everybody",
  "system.disk": "admin",
  "updates.overview": "admin",
  "updates.history": "admin",
  "updates.log": "admin",
  "updates.check": "admin",
  "updates.setCheckSettings": "admin",
  "updates.automatic": "admin",
  "updates.setAutomatic": "admin",
  "updates.notTonight": "admin",
  "updates.bundles": "admin",
  "updates.bundleTicket": "admin",
  "updates.removeBundle": "admin",
  "updates.status": "admin",
  "updates.plan": "admin",
  "updates.planFresh": "owner",
  "updates.startFresh": "owner",
  "updates.start": "admin",
  "updates.update": "admin",
  "updates.cancel": "admin",
  "updates.planUndo": "admin",
  "updates.undo": "admin",
  "backups.overview": "admin",
  "backups.backUp": "admin",
  "backups.verify": "admin",
  "backups.drill": "admin",
  "backups.planRestore": "owner",
  "backups.restore": "owner",
  "backups.downloadTicket": "admin",
  "backups.uploadTicket": "admin",
  "backups.offsite": "admin",
  "backups.offsiteCopies": "admin",
  "backups.testOffsite": "owner",
  "backups.setOffsite": "owner",
  "backups.removeOffsite": "owner",
  "backups.copyOut": "admin",
  "backups.keep": "admin",
  "backups.remove": "admin",
  "backups.previewRetention": "admin",
  "backups.setSettings": "admin",
  "backups.cancel": "admin",
  "messages.get": "admin",
  "messages.deliveries": "admin",
  "messages.set": "owner",
  "messages.remove": "owner",
  "messages.test": "owner",
  "messages.setQuiet": "owner",
  "samples.state": "admin",
  "samples.add": "admin",
  "exports.list": "admin",
  "exports.get": "admin",
  "exports.start": "admin",
  "exports.cancel": "admin",
  "exports.remove": "admin",
  "nag.state": "admin",
  "nag.look": "admin",
  "nag.dismiss": "admin",
  "nag.skip": "admin",
  "nag.setCap": "owner",
};

const CALLERS = [null, "viewer", "staff", "admin", "owner"] as const;
const RANK: Record<Right, number> = { everybody: 0, viewer: 1, staff: 2, admin: 3, owner: 4 };

let web: TestWeb;
beforeAll(async () => {
  web = await createTestWeb();
});
afterAll(() => web.close());

test("the table has every procedure that is served", () => {
  const served = Object.keys(appRouter._def.procedures);
  expect(Object.keys(ACCESS).sort()).toEqual(served.sort());
});

describe.each(Object.entries(ACCESS) as [Path, Right][])("%s", (path, right) => {
  test.each(CALLERS)(`for %s (takes ${right})`, async (role) => {
    const rank = role === null ? 0 : RANK[role];
    const expected = rank >= RANK[right] ? "let in" : role === null ? "UNAUTHORIZED" : "FORBIDDEN";
    expect(await outcome(path, role)).toBe(expected);
  });
});

/** What the gate says. Behind it a call without input ends one way or another, which is not what is asked here. */
async function outcome(path: Path, role: Role | null): Promise<string> {
  const caller = await web.caller(role);
  const [group, name] = path.split(".") as [string, string];
  const procedures = caller as unknown as Record<string, Record<string, (input?: unknown) => Promise<unknown>>>;
  try {
    await procedures[group]![name]!();
    return "let in";
  } catch (error) {
    if (!(error instanceof TRPCError)) throw error;
    return error.code === "UNAUTHORIZED" || error.code === "FORBIDDEN" ? error.code : "let in";
  }
}
