import type { Client } from "pg";
import { presentFiles } from "./present.ts";
import { referredFiles } from "../databases/referred-files.ts";

/** How many files a database refers to, and the sha256s of those that do not lie in the folder. Does not read their content. */
export async function missingFiles(
  client: Pick<Client, "query">,
  folder: string,
): Promise<{ referred: number; missing: string[] }> {
  // In this order: what is uploaded and named in between is in both.
  const referred = await referredFiles(client);
  const present = new Set((await presentFiles(folder)).map(({ name }) => name));
  return { referred: referred.length, missing: referred.map(({ sha256 }) => sha256).filter((name) => !present.has(name)) };
}
