import type { AdminActor } from "../auth/actors.ts";
import type { AppDatabase } from "../platform/db.ts";
import type { Clock } from "../platform/clock.ts";
import { AppError } from "../platform/errors.ts";
import { applyImport } from "./apply.ts";
import { checkImport } from "./check.ts";
import { createContents } from "./contents.ts";
import type { ForeignFile, Import, Mapping, Phase, Policy, Preview, Report } from "./contract.ts";
import { createFindings } from "./findings.ts";
import type { ImportsFolder } from "./folder.ts";
import { rememberedMappings } from "./mappings.ts";
import type { Upload } from "./open-upload.ts";
import { openUpload } from "./open-upload.ts";
import { peek } from "./peek.ts";
import { statusCodes } from "./rows.ts";
import { stageUpload } from "./stage.ts";
import { bucketsFor, createStaging, openStaged } from "./staging.ts";

export type WorkDeps = {
  folder: ImportsFolder;
  /** Where stored files lie. */
  files: string | undefined;
  database: AppDatabase;
  clock: Clock;
};

export type Going = { signal: AbortSignal; tell: (phase: Phase) => Promise<void> };

/** Staged rows take about as much room as the text they were in, and their findings some more. */
const STAGED_SHARE = 1.5;

/** Looks at an upload. Gives the phase it is in then: to be mapped, or ready with its preview. `mapped` are files whose mapping a person has set. */
export async function readUpload(
  deps: WorkDeps,
  found: Pick<Import, "id" | "fileName"> & { mapped: readonly ForeignFile[] | null },
  going: Going,
): Promise<{ foreign: ForeignFile[]; phase: Phase }> {
  const upload = await openUpload(deps.folder.upload(found.id), found.fileName);
  try {
    const foreign: readonly MaybeKnown[] = found.mapped ?? (await peekAll(deps, upload));
    if (found.mapped === null && foreign.some(({ known }) => known !== true)) {
      return { foreign: foreign.map(plain), phase: { kind: "mapping" } };
    }
    const mappings = new Map(
      foreign.flatMap(({ name, mapping }): [string, Mapping][] => (mapping === null ? [] : [[name, mapping]])),
    );
    return {
      foreign: foreign.map(plain),
      phase: { kind: "ready", preview: await previewOf(deps, { id: found.id, upload, mappings }, going) },
    };
  } finally {
    await upload.close();
  }
}

type MaybeKnown = ForeignFile & { known?: boolean };

function plain({ name, headers, sample, mapping, remembered }: MaybeKnown): ForeignFile {
  return { name, headers, sample, mapping, remembered };
}

async function peekAll({ database }: WorkDeps, upload: Upload): Promise<MaybeKnown[]> {
  if (upload.manifest !== null) return [];
  const remembered = await rememberedMappings(database);
  return Promise.all(upload.files.map((file) => peek(file, remembered)));
}

async function previewOf(
  deps: WorkDeps,
  { id, upload, mappings }: { id: string; upload: Upload; mappings: ReadonlyMap<string, Mapping> },
  { signal, tell }: Going,
): Promise<Preview> {
  const folder = deps.folder.of(id);
  const ofBytes = upload.files.reduce((sum, { bytes }) => sum + bytes, 0);
  await deps.folder.needRoom(ofBytes * STAGED_SHARE);
  const findings = await createFindings(folder);
  const staging = await createStaging(folder, bucketsFor(ofBytes));
  try {
    return await deps.database.session(async (client) => {
      let bytes = 0;
      let before = 0;
      let rows = 0;
      const onBytes = async (more: number, ofFile: number) => {
        rows += ofFile < before ? ofFile : ofFile - before;
        before = ofFile;
        bytes += more;
        await tell({ kind: "reading", bytes: Math.min(bytes, ofBytes), ofBytes, rows });
      };
      const statuses = await statusCodes(client);
      const source = await stageUpload(upload, mappings, { staging, findings, statuses, onBytes, signal });
      await deps.folder.writeSource(id, source);
      const staged = await openStaged(folder);
      const ofRows = comparedRows(staged);
      let compared = 0;
      const onRows = async (more: number) => {
        signal.throwIfAborted();
        compared += more;
        await findings.drain();
        await tell({ kind: "comparing", rows: compared, ofRows });
      };
      try {
        const contents = createContents(upload, deps.files);
        return await checkImport({ client, source, staged, findings, contents, lock: false, onRows });
      } finally {
        await staged.close();
      }
    });
  } finally {
    await Promise.all([findings.close(), staging.close()]);
  }
}

function comparedRows(staged: { rowsOf: (kind: "customers" | "items" | "orders" | "order_lines") => number }): number {
  return (["customers", "items", "orders", "order_lines"] as const).reduce((sum, kind) => sum + staged.rowsOf(kind), 0);
}

/** Applies what was read. Throws what `applyImport` throws; `tell` has the transaction's id before it is committed. */
export async function applyUpload(
  deps: WorkDeps,
  {
    id,
    fileName,
    preview,
    policy,
    actor,
  }: Pick<Import, "id" | "fileName"> & { preview: Preview; policy: Policy; actor: AdminActor },
  { signal, tell }: Going,
): Promise<Report> {
  if (preview.errors > 0) throw new AppError("import-has-errors", { count: preview.errors });
  const source = await deps.folder.readSource(id);
  const upload = await openUpload(deps.folder.upload(id), fileName);
  const staged = await openStaged(deps.folder.of(id));
  const contents = createContents(upload, deps.files);
  const ofRows = comparedRows(staged);
  let rows = 0;
  const phase = (more: { xid: string | null; report: Report | null }): Phase => ({
    kind: "applying",
    preview,
    policy,
    rows,
    ofRows,
    ...more,
  });
  try {
    await keepContents(upload, contents, signal);
    return await deps.database.session((client) =>
      applyImport({
        ...{ client, source, staged, contents, policy, files: deps.files, actorId: actor.id },
        now: deps.clock.now().toISOString(),
        onRows: async (more) => {
          signal.throwIfAborted();
          rows += more;
          await tell(phase({ xid: null, report: null }));
        },
        beforeCommit: async (xid, report) => {
          signal.throwIfAborted();
          await tell(phase({ xid, report }));
        },
      }),
    );
  } finally {
    await Promise.all([staged.close(), upload.close()]);
  }
}

/** Content comes before the rows that name it; content that no row comes to name is collected like any other. */
async function keepContents(
  { contents: all }: Upload,
  contents: ReturnType<typeof createContents>,
  signal: AbortSignal,
): Promise<void> {
  for (const sha256 of all.keys()) {
    signal.throwIfAborted();
    // What was found wrong in the preview is named by no row.
    const found = await contents.find(sha256, "attachment");
    if ("at" in found) await contents.keep(sha256, "attachment");
  }
}
