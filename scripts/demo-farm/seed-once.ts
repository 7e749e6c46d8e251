import { randomBytes } from "node:crypto";
import { z } from "zod";
import { readJson, writeAtomically } from "../../server/platform/files.ts";
import { seedFarm } from "../seed.ts";
import type { DemoPlaces } from "./places.ts";

const signInSchema = z.object({ email: z.string(), password: z.string() });
export type SignIn = z.infer<typeof signInSchema>;

type Seeding = { ownerUrl: string; /** Where uploads lie in it. */ files: string; say: (text: string) => void };

/** Fills an installation with a print farm, the first time, and says how to sign in to it. */
export async function seedOnce(places: DemoPlaces, { ownerUrl, files, say }: Seeding): Promise<SignIn> {
  const known = await readJson(places.signIn, signInSchema);
  if (known !== null) return known;
  say("Filling it with a print farm …");
  const signIn = { email: "owner@farm.example", password: randomBytes(9).toString("base64url") };
  await seedFarm(ownerUrl, { password: signIn.password, files });
  await writeAtomically(places.signIn, JSON.stringify(signIn), 0o600);
  return signIn;
}
