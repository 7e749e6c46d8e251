import { asAdmin } from "../../auth/actors.ts";
import type { TestWeb } from "../../trpc/testing/test-web.ts";
import type { Finding, Import, Policy, Preview, SetMappingInput } from "../contract.ts";

export type Stage = ReturnType<typeof importStage>;

/** Imports as an admin does them, waiting for each to be where a person would look at it. */
export function importStage(web: TestWeb) {
  const { imports } = web.web;
  const actor = asAdmin({ id: BigInt(web.ids.admin), name: "The admin", email: "admin@farm.test", role: "admin" });
  if (actor === null) throw new Error("not an admin");
  const who = actor;

  async function upload(content: Buffer | AsyncIterable<Uint8Array>, fileName = "export.zip"): Promise<Import> {
    const { id } = await imports.receive(who, { fileName, content: Buffer.isBuffer(content) ? pieces(content) : content });
    await imports.idle();
    return imports.get(who, id);
  }

  async function preview(
    content: Buffer | AsyncIterable<Uint8Array>,
    fileName?: string,
  ): Promise<{ id: string; preview: Preview; findings: Finding[] }> {
    const { id, phase } = await upload(content, fileName);
    if (phase.kind !== "ready") throw new Error(`the import is ${phase.kind}: ${JSON.stringify(phase)}`);
    return { id, preview: phase.preview, findings: (await imports.findings(who, id)).findings };
  }

  async function apply(id: string, policy: Policy = "overwrite"): Promise<Import> {
    await imports.apply(who, { id, policy });
    await imports.idle();
    return imports.get(who, id);
  }

  async function map(id: string, files: SetMappingInput["files"]): Promise<Import> {
    await imports.setMapping(who, { id, files });
    await imports.idle();
    return imports.get(who, id);
  }

  return { imports, actor: who, upload, preview, apply, map };
}

async function* pieces(content: Buffer): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (let at = 0; at < content.length; at += 65_536) yield content.subarray(at, at + 65_536);
}
