import type { Client } from "pg";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { z } from "zod";
import { roleSchema, settingsSchema } from "../accounts/contract.ts";
import { DEFAULT_SETTINGS } from "../accounts/farm-contract.ts";
import { hashPassword, isPassword } from "../auth/passwords.ts";
import type { ConnectOptions, Login } from "../databases/connect.ts";
import { connect } from "../databases/connect.ts";
import type { Clock } from "../platform/clock.ts";
import { AppError } from "../platform/errors.ts";

const userSchema = z.object({ id: z.string(), name: z.string(), role: roleSchema });
export type KnownUser = z.infer<typeof userSchema>;

/** The accounts, and what the farm is called, as the updater reads them itself, with the owner's role, anew on every call: it does not take the web's word. */
export type Users = {
  /** `null` for an unknown or disabled user; throws `accounts-unreachable`. */
  find: (id: string) => Promise<KnownUser | null>;
  /** Throws `too-many-attempts` after a few wrong ones. */
  checkPassword: (id: string, password: string) => Promise<boolean>;
  /** What the farm is called, as its pages show it. */
  farmName: () => Promise<string>;
  /** `null` when nobody has this address. */
  resetPassword: (email: string, password: string) => Promise<{ email: string; name: string } | null>;
};

type Deps = { login: Login; database: string; clock: Clock };
type Query = { text: string; values: string[] };

const WRONG_PASSWORDS = { points: 5, duration: 15 * 60 };
/** During the switch of an update the database takes no connections for a moment. */
const TRIES = 4;
const PAUSE_MS = 400;

/** `login` is the owner's, `database` the live one's name. */
export function createUsers(deps: Deps): Users {
  const wrongPasswords = new RateLimiterMemory(WRONG_PASSWORDS);
  const one = (query: Query) => firstRow(deps, query);
  return {
    find: async (id) => {
      const text = "SELECT id::text, name, role FROM users WHERE id = $1 AND disabled_at IS NULL";
      const row = await one({ text, values: [id] });
      return row === null ? null : userSchema.parse(row);
    },
    checkPassword: async (id, password) => {
      // Counted before it is looked at, so that many at once are no more tries than one after the other.
      await consume(wrongPasswords, id);
      const row = await one({ text: "SELECT password_hash FROM users WHERE id = $1 AND disabled_at IS NULL", values: [id] });
      const right = await isPassword(row === null ? null : z.string().parse(row["password_hash"]), password);
      if (right) await wrongPasswords.delete(id);
      return right;
    },
    farmName: async () => {
      const row = await one({ text: "SELECT value FROM settings WHERE key = $1", values: ["farmName"] });
      return settingsSchema.shape.farmName.safeParse(row?.["value"]).data ?? DEFAULT_SETTINGS.farmName;
    },
    resetPassword: async (email, password) => {
      const text = "UPDATE users SET password_hash = $2, updated_at = now() WHERE email = $1 RETURNING email, name";
      const row = await one({ text, values: [email, await hashPassword(password)] });
      return row === null ? null : z.object({ email: z.string(), name: z.string() }).parse(row);
    },
  };
}

async function consume(limiter: RateLimiterMemory, id: string): Promise<void> {
  try {
    await limiter.consume(id);
  } catch (limit) {
    if (limit instanceof Error) throw limit;
    throw new AppError("too-many-attempts", { minutes: WRONG_PASSWORDS.duration / 60 });
  }
}

/** One row or none. A connection of its own each time: no session of ours lies about when an update must end them all. */
async function firstRow(deps: Deps, query: Query): Promise<Record<string, unknown> | null> {
  const options = { database: deps.database, applicationName: "filaops-updater", settings: { statement_timeout: "5s" } };
  const client = await connectPatiently(deps, options);
  try {
    const { rows } = await client.query<Record<string, unknown>>(query);
    return rows[0] ?? null;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function connectPatiently({ login, clock }: Deps, options: ConnectOptions): Promise<Client> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connect(login, options);
    } catch (error) {
      if (attempt === TRIES) throw new AppError("accounts-unreachable", {}, { cause: error });
      await clock.sleep(PAUSE_MS);
    }
  }
}
