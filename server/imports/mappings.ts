import { z } from "zod";
import type { AdminActor } from "../auth/actors.ts";
import type { AppDatabase } from "../platform/db.ts";
import type { ForeignFile, Mapping } from "./contract.ts";
import { mappingSchema } from "./contract.ts";
import { signatureOf } from "./rules/mapping.ts";

const KEY = "importMappings";
const MOST = 20;

const rememberedSchema = z.array(z.object({ headers: z.string(), mapping: mappingSchema })).max(MOST);

/** The mappings that were used before, by the headers that they were for; what cannot be read is as if there were none. */
export async function rememberedMappings({ read }: Pick<AppDatabase, "read">): Promise<Map<string, Mapping>> {
  const row = await read.setting.findUnique({ where: { key: KEY }, select: { value: true } });
  const remembered = rememberedSchema.safeParse(row?.value).data ?? [];
  return new Map(remembered.map(({ headers, mapping }) => [headers, mapping]));
}

/** Remembers mappings for the next file with such headers; the oldest ones are forgotten. */
export async function rememberMappings(database: AppDatabase, _actor: AdminActor, files: readonly ForeignFile[]): Promise<void> {
  const all = await rememberedMappings(database);
  for (const { headers, mapping } of files) {
    if (mapping === null) continue;
    const signature = signatureOf(headers);
    all.delete(signature);
    all.set(signature, mapping);
  }
  const value = [...all].slice(-MOST).map(([headers, mapping]) => ({ headers, mapping }));
  await database.save((db) =>
    db.setting.upsert({ where: { key: KEY }, create: { key: KEY, value }, update: { value }, select: { key: true } }),
  );
}
