import { hash } from "@node-rs/argon2";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { TestDatabase } from "../databases/testing/test-database.ts";
import { createTestDatabase } from "../databases/testing/test-database.ts";
import { systemClock } from "../platform/clock.ts";
import { AppError } from "../platform/errors.ts";
import type { Users } from "./users.ts";
import { createUsers } from "./users.ts";

let db: TestDatabase;
let users: Users;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

beforeEach(async () => {
  await db.query("owner", "TRUNCATE users RESTART IDENTITY CASCADE");
  const password = await hash("the password of Ann");
  await db.query(
    "owner",
    `INSERT INTO users (email, name, role, password_hash, disabled_at) VALUES
       ('ann@farm.example', 'Ann', 'owner', '${password}', NULL), ('bob@farm.example', 'Bob', 'admin', '${password}', now())`,
  );
  users = createUsers({ login: db.logins.owner, database: db.name, clock: systemClock });
});

describe("finding", () => {
  test("gives the role as it is now, not as it was", async () => {
    expect(await users.find("1")).toEqual({ id: "1", name: "Ann", role: "owner" });
    await db.query("owner", "UPDATE users SET role = 'staff' WHERE id = 1");
    expect(await users.find("1")).toEqual({ id: "1", name: "Ann", role: "staff" });
  });

  test.each(["2", "77", "999999999999999999"])("knows nobody disabled or unknown (%s)", async (id) => {
    expect(await users.find(id)).toBeNull();
  });

  test("leaves no session behind, which an update would have to end", async () => {
    await users.find("1");
    const sessions = () =>
      db.query(
        "superuser",
        `SELECT pid FROM pg_stat_activity WHERE datname = '${db.name}' AND application_name = 'filaops-updater'`,
      );
    await expect.poll(sessions).toEqual([]);
  });

  test("waits out the moment in which a switch lets nobody in", async () => {
    await db.query("superuser", `ALTER DATABASE ${db.name} ALLOW_CONNECTIONS false`, "postgres");
    const found = users.find("1");
    await systemClock.sleep(300);
    await db.query("superuser", `ALTER DATABASE ${db.name} ALLOW_CONNECTIONS true`, "postgres");
    expect(await found).toMatchObject({ name: "Ann" });
  });

  test("says so when the database does not answer", async () => {
    const none = createUsers({ login: { ...db.logins.owner, port: 1 }, database: db.name, clock: systemClock });
    const error: unknown = await none.find("1").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: "accounts-unreachable" });
  });
});

describe("passwords", () => {
  test("are right or wrong, by the hash in the database", async () => {
    expect(await users.checkPassword("1", "the password of Ann")).toBe(true);
    expect(await users.checkPassword("1", "another password")).toBe(false);
    expect(await users.checkPassword("1", "")).toBe(false);
  });

  test("of somebody disabled or unknown are never right", async () => {
    expect(await users.checkPassword("2", "the password of Ann")).toBe(false);
    expect(await users.checkPassword("77", "the password of Ann")).toBe(false);
  });

  test("cannot be tried without end, not even many at once", async () => {
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => users.checkPassword("1", "a guess")));
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    await expect(users.checkPassword("1", "the password of Ann")).rejects.toMatchObject({ code: "too-many-attempts" });
  });

  test("that were right do not count", async () => {
    for (let count = 0; count < 8; count += 1) expect(await users.checkPassword("1", "the password of Ann")).toBe(true);
  });

  test("are reset by address, and the new one works", async () => {
    expect(await users.resetPassword("ann@farm.example", "a brand new one")).toEqual({ email: "ann@farm.example", name: "Ann" });
    expect(await users.checkPassword("1", "a brand new one")).toBe(true);
    expect(await users.resetPassword("nobody@farm.example", "a brand new one")).toBeNull();
  });
});
