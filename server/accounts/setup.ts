import type { z } from "zod";
import { hashPassword } from "../auth/passwords.ts";
import type { AppDatabase, Db } from "../platform/db.ts";
import { AppError } from "../platform/errors.ts";
import type { setupInputSchema, User } from "./contract.ts";
import { writeSettings } from "./settings.ts";
import { insertUser, isEmpty, lockSetup } from "./store.ts";

/** Whether nobody has set this FilaOps up yet. */
export async function setupState(db: Db): Promise<{ needed: boolean }> {
  return { needed: await isEmpty(db) };
}

/** Makes the owner and the farm, once: of two at the same moment one is told `setup-done`, as is everybody afterwards. */
export async function setUp(database: AppDatabase, input: z.infer<typeof setupInputSchema>): Promise<User> {
  // Asked before hashing too, so that strangers cannot make a finished FilaOps hash for them.
  if (!(await isEmpty(database.read))) throw new AppError("setup-done", {});
  const { farmName, currency, name, email, password } = input;
  const passwordHash = await hashPassword(password);
  return database.save(async (db) => {
    await lockSetup(db);
    if (!(await isEmpty(db))) throw new AppError("setup-done", {});
    await writeSettings(db, { farmName, currency });
    return insertUser(db, { name, email, role: "owner", passwordHash });
  });
}
