import { z } from "zod";
import { instantSchema } from "../platform/contract.ts";
import { idSchema, lineTextSchema } from "../trpc/contract.ts";

/**
 * Words. *User*: who signs in. *Role*: what a user may do; each includes the ones after it: `owner` (users, keys), `admin` (update, undo,
 * backup, tokens), `staff` (edits customers, items, orders), `viewer` (reads). *Token*: lets a script act as its user.
 */

export const roleSchema = z.enum(["owner", "admin", "staff", "viewer"]);
export type Role = z.infer<typeof roleSchema>;

const emailSchema = z.string().trim().toLowerCase().max(254).pipe(z.email("Please enter an e-mail address."));
/** A new password. Length is what counts (NIST 800-63B); the upper bound keeps hashing cheap. */
const newPasswordSchema = z.string().min(10, "Please use at least 10 characters.").max(200);
/** A password as it is typed to prove who one is. */
const passwordSchema = z.string().min(1).max(1000);

export const userSchema = z.object({
  id: idSchema,
  email: z.string(),
  name: z.string(),
  role: roleSchema,
  disabled: z.boolean(),
  lastSeenAt: instantSchema.nullable(),
  createdAt: instantSchema,
});
export type User = z.infer<typeof userSchema>;
export const usersSchema = z.array(userSchema);

/** The signed-in user, as pages may show it. */
export const meSchema = userSchema.pick({ id: true, email: true, name: true, role: true });
export type Me = z.infer<typeof meSchema>;

export const createUserInputSchema = z.strictObject({
  name: lineTextSchema.min(1, "Please enter a name."),
  email: emailSchema,
  role: roleSchema,
  password: newPasswordSchema,
});
export const updateUserInputSchema = z.strictObject({
  id: idSchema,
  name: lineTextSchema.min(1, "Please enter a name."),
  role: roleSchema,
  disabled: z.boolean(),
});
export const resetPasswordInputSchema = z.strictObject({ id: idSchema, password: newPasswordSchema });
export const changePasswordInputSchema = z.strictObject({ current: passwordSchema, next: newPasswordSchema });

export const signInInputSchema = z.strictObject({ email: emailSchema, password: passwordSchema });

const currencySchema = z.string().regex(/^[A-Z]{3}$/, "a currency's code, such as EUR");
export const settingsSchema = z.object({ farmName: z.string(), currency: currencySchema });
export type Settings = z.infer<typeof settingsSchema>;
export const updateSettingsInputSchema = z.strictObject({
  farmName: lineTextSchema.min(1, "Please enter the farm's name."),
  currency: currencySchema,
});

/** First run: the owner and the farm. Refused as soon as there is a user. */
export const setupInputSchema = z.strictObject({
  farmName: lineTextSchema.min(1, "Please enter the farm's name."),
  currency: currencySchema.default("EUR"),
  name: lineTextSchema.min(1, "Please enter your name."),
  email: emailSchema,
  password: newPasswordSchema,
});
export const setupStateSchema = z.object({ needed: z.boolean() });

const tokenSchema = z.object({
  id: idSchema,
  name: z.string(),
  user: z.object({ id: idSchema, name: z.string() }),
  createdAt: instantSchema,
  lastUsedAt: instantSchema.nullable(),
});
export type Token = z.infer<typeof tokenSchema>;
export const tokensSchema = z.array(tokenSchema);
export const createTokenInputSchema = z.strictObject({ name: lineTextSchema.min(1, "Please name what it is for.") });
/** `secret` is shown this once; only its hash is kept. */
export const createdTokenSchema = z.object({ token: tokenSchema, secret: z.string() });
export const doneSchema = z.object({ done: z.literal(true) });
