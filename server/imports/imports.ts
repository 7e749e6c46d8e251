import type { AdminActor } from "../auth/actors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Ulid } from "../platform/contract.ts";
import { isNotReady, isWriteRefused } from "../platform/db-errors.ts";
import type { AppDatabase } from "../platform/db.ts";
import { AppError, toProblem } from "../platform/errors.ts";
import { newUlid } from "../platform/ids.ts";
import type { Log } from "../platform/log.ts";
import type { Finding, Import, Phase, Policy, Preview, SetMappingInput } from "./contract.ts";
import { firstFindings, keptFindings } from "./findings.ts";
import { importsFolder } from "./folder.ts";
import { rememberMappings } from "./mappings.ts";
import { mappingProblem } from "./rules/mapping.ts";
import { settlePhase } from "./settle.ts";
import type { Going } from "./work.ts";
import { applyUpload, readUpload } from "./work.ts";

export type ImportsDeps = {
  /** Where imports lie; `undefined` where there is no such folder (`next dev`). */
  folder: string | undefined;
  files: string | undefined;
  database: AppDatabase;
  clock: Clock;
  log: Log;
};

/** How often what goes on says how far it is, on disk and so to everybody. */
const TELL_EVERY_MS = 1000;

type Job = { abort: AbortController; current: Import; ended: Promise<void> };

/** All imports. Work goes on in this process, one import at a time; what is true of it stands on disk. */
export function createImports(deps: ImportsDeps) {
  const { clock, log, database } = deps;
  const jobs = new Map<Ulid, Job>();
  let receiving = false;

  function folder() {
    if (deps.folder === undefined) throw new AppError("imports-away", { folder: "FILAOPS_IMPORTS", reason: "not set" });
    return importsFolder(deps.folder);
  }
  const workDeps = () => ({ folder: folder(), files: deps.files, database, clock });

  async function get(id: Ulid): Promise<Import> {
    const job = jobs.get(id);
    if (job !== undefined) return job.current;
    const stored = await folder().read(id);
    if (stored === null) throw new AppError("not-found", { what: "import" });
    const phase = await settlePhase(stored, deps);
    if (phase === stored.import.phase) return stored.import;
    const settled = { ...stored.import, phase };
    await folder().write(settled, clock.now());
    return settled;
  }

  /** Lets work go on behind the answer, and writes down what became of it. */
  function begin(found: Import, first: Phase, work: (going: Going) => Promise<Pick<Import, "phase"> & Partial<Import>>): Import {
    if (jobs.size > 0) throw new AppError("import-busy", {});
    const abort = new AbortController();
    const job: Job = { abort, current: { ...found, phase: first }, ended: Promise.resolve() };
    let toldAt = -Infinity;
    const tell = async (phase: Phase) => {
      const isCommit = phase.kind === "applying" && phase.xid !== null;
      const isNew = phase.kind !== job.current.phase.kind;
      job.current = { ...job.current, phase };
      if (!isCommit && !isNew && clock.monotonic() - toldAt < TELL_EVERY_MS) return;
      toldAt = clock.monotonic();
      await folder().write(job.current, clock.now());
    };
    jobs.set(found.id, job);
    job.ended = (async () => {
      try {
        await folder().write(job.current, clock.now());
        job.current = { ...job.current, ...(await work({ signal: abort.signal, tell })) };
      } catch (error) {
        job.current = { ...job.current, phase: await phaseAfter(error, job) };
      }
      try {
        await folder().write(job.current, clock.now());
        if (job.current.phase.kind === "done") await folder().shrink(found.id);
      } catch (error) {
        log.error({ err: error, import: found.id }, "the state of an import could not be written");
      } finally {
        jobs.delete(found.id);
      }
    })();
    return job.current;
  }

  async function phaseAfter(error: unknown, { abort, current }: Job): Promise<Phase> {
    const { phase } = current;
    const preview = phase.kind === "applying" ? phase.preview : null;
    if (phase.kind === "applying" && phase.xid !== null) {
      // The answer to a commit may get lost with its connection.
      const settled = await settlePhase({ import: current, beatAt: new Date(0).toISOString() }, deps);
      if (settled.kind === "done") return settled;
    }
    if (abort.signal.aborted) return { kind: "cancelled", preview };
    const problem = toProblem(meaningOf(error));
    if (problem.code === "unexpected") log.error({ err: error, import: current.id }, "an import failed");
    return { kind: "failed", problem, preview };
  }

  function read(found: Import, mapped: Import["foreign"] | null): Import {
    const first: Phase = { kind: "reading", bytes: 0, ofBytes: found.bytes, rows: 0 };
    return begin(found, first, (going) => readUpload(workDeps(), { id: found.id, fileName: found.fileName, mapped }, going));
  }

  return {
    get: (_actor: AdminActor, id: Ulid) => get(id),

    /** Keeps an upload and begins to look at it. Throws what the folder throws, and `import-busy`. */
    async receive(
      actor: AdminActor,
      { fileName, content }: { fileName: string; content: AsyncIterable<Uint8Array> },
    ): Promise<Import> {
      if (jobs.size > 0 || receiving) throw new AppError("import-busy", {});
      receiving = true;
      try {
        await sweep();
        const id = newUlid(clock);
        const bytes = await folder().receive(id, content);
        const phase: Phase = { kind: "reading", bytes: 0, ofBytes: bytes, rows: 0 };
        const createdAt = clock.now().toISOString();
        return read({ id, fileName, bytes, createdAt, createdBy: actor.name, foreign: [], phase }, null);
      } finally {
        receiving = false;
      }
    },

    async list(_actor: AdminActor): Promise<Import[]> {
      await sweep();
      const ids = await folder().list();
      const all = await Promise.all(ids.map((id) => get(id).catch(() => null)));
      return all.filter((each) => each !== null);
    },

    async findings(_actor: AdminActor, id: Ulid): Promise<{ findings: Finding[]; errors: number; notices: number }> {
      const preview = previewIn((await get(id)).phase);
      return { findings: await firstFindings(folder().of(id)), errors: preview?.errors ?? 0, notices: preview?.notices ?? 0 };
    },

    /** Every finding that was kept. */
    async *allFindings(_actor: AdminActor, id: Ulid): AsyncGenerator<Finding> {
      await get(id);
      yield* keptFindings(folder().of(id));
    },

    /** Says which columns are which, remembers it, and looks at the file again. */
    async setMapping(actor: AdminActor, { id, files }: SetMappingInput): Promise<Import> {
      const found = await get(id);
      if (found.phase.kind === "done" || found.phase.kind === "applying" || found.foreign.length === 0) throw notNow(found.phase);
      // Sent twice, it is read once.
      if (jobs.has(id) && files.every((file) => isMappedSo(found, file))) return found;
      const foreign = found.foreign.map((file) => {
        const mapping = files.find(({ name }) => name === file.name)?.mapping ?? file.mapping;
        const reason = mapping === null ? "Say what the file is about." : mappingProblem(mapping, file.headers);
        if (reason !== null) throw new AppError("mapping-incomplete", { file: file.name, reason });
        return { ...file, mapping };
      });
      await rememberMappings(database, actor, foreign);
      return read({ ...found, foreign }, foreign);
    },

    /** Begins to write. Throws `import-not-now` and `import-has-errors`. */
    async apply(actor: AdminActor, { id, policy }: { id: Ulid; policy: Policy }): Promise<Import> {
      const found = await get(id);
      const preview = previewIn(found.phase);
      // Pressed twice, it is still one import.
      if (isUnderWay(found.phase, policy)) return found;
      if (preview === null || found.phase.kind === "applying") throw notNow(found.phase);
      if (preview.errors > 0) throw new AppError("import-has-errors", { count: preview.errors });
      const ofRows = preview.counts.reduce((sum, { rows }) => sum + rows, 0);
      const first: Phase = { kind: "applying", preview, policy, rows: 0, ofRows, xid: null, report: null };
      return begin(found, first, async (going) => {
        const report = await applyUpload(workDeps(), { id, fileName: found.fileName, preview, policy, actor }, going);
        log.info({ import: id, actor: String(actor.id), policy, counts: report.counts }, "an import was applied");
        return { phase: { kind: "done", report } };
      });
    },

    /** Stops what goes on; nothing is written then. Resolves when it has stopped. */
    async cancel(_actor: AdminActor, id: Ulid): Promise<Import> {
      const job = jobs.get(id);
      job?.abort.abort();
      await job?.ended;
      return get(id);
    },

    async remove(_actor: AdminActor, id: Ulid): Promise<void> {
      const found = await get(id);
      if (isBusy(found.phase)) throw notNow(found.phase);
      await folder().remove(id);
    },

    /** For tests, and for whoever ends the process: resolves when nothing goes on any more. */
    async idle(): Promise<void> {
      await Promise.all([...jobs.values()].map(({ ended }) => ended));
    },
  };

  async function sweep(): Promise<void> {
    for (const id of await folder().list()) {
      if (!jobs.has(id) && folder().isOld(id, clock.now())) await folder().remove(id);
    }
  }
}

export type Imports = ReturnType<typeof createImports>;

function isUnderWay(phase: Phase, policy: Policy): boolean {
  if (phase.kind === "applying") return phase.policy === policy;
  return phase.kind === "done" && phase.report.policy === policy;
}

function isMappedSo({ foreign }: Import, { name, mapping }: SetMappingInput["files"][number]): boolean {
  return JSON.stringify(foreign.find((file) => file.name === name)?.mapping) === JSON.stringify(mapping);
}

function previewIn(phase: Phase): Preview | null {
  return "preview" in phase ? phase.preview : null;
}

function isBusy({ kind }: Phase): boolean {
  return kind === "reading" || kind === "comparing" || kind === "applying";
}

function notNow({ kind }: Phase): AppError {
  const words: Record<Phase["kind"], string> = {
    reading: "being read",
    comparing: "being compared",
    mapping: "waiting for its columns to be named",
    ready: "ready",
    applying: "being written",
    done: "done",
    failed: "stopped by a problem",
    cancelled: "cancelled",
    interrupted: "interrupted",
  };
  return new AppError("import-not-now", { state: words[kind] });
}

/** What ends a transaction from outside is nobody's mistake: an update, or a database that went away. */
function meaningOf(error: unknown): unknown {
  if (error instanceof AppError) return error;
  return isWriteRefused(error) || isNotReady(error) ? new AppError("import-stopped", {}, { cause: error }) : error;
}
