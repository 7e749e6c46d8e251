import { text as readAll } from "node:stream/consumers";
import { createInterface } from "node:readline/promises";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { ulidSchema, versionSchema } from "../server/platform/contract.ts";
import { readEnv } from "../server/platform/env.ts";
import { toProblem } from "../server/platform/errors.ts";
import { cancel, plan, resetPassword, settle, startFresh, undo, update } from "./filaops/act.ts";
import type { Answer } from "./filaops/answer.ts";
import { answerOfProblem, EXIT } from "./filaops/answer.ts";
import { notTonight } from "./filaops/automatic.ts";
import { backup, backups, drill, restore, verify } from "./filaops/backups.ts";
import { addBundle, bundles, removeBundle } from "./filaops/bundles.ts";
import { adoptBackup, copyOut, fetchCopy, offsite, setOffsite, stopOffsite } from "./filaops/offsite.ts";
import { allowMessages, messages } from "./filaops/messages.ts";
import { adopt, check, doctor, log, status } from "./filaops/look.ts";
import type { Site } from "./filaops/site.ts";
import { withSite } from "./filaops/site.ts";

/** `filaops`: all that the pages of updates and backups can do, from the server's command line; works while web and database are down. */

const DEFAULT_HOME = "/var/lib/filaops";
const EXIT_CODES = `
Exit codes: 0 all is well, 1 a problem (also an update that went back by itself, or a backup that is no good), 2 wrong usage, 3 a person is needed, 75 busy with another run.`;

type Flags = { home?: string; json?: true };
type Yes = { yes?: true };

const program = new Command("filaops")
  .description("Looks after FilaOps from the command line of its server.")
  .option("--home <folder>", "the folder of FilaOps (otherwise FILAOPS_HOME, otherwise /var/lib/filaops)")
  .option("--json", "print one JSON object instead of sentences")
  .addHelpText("after", EXIT_CODES)
  .exitOverride();

command("status", "what runs, how the last run ended, what is offered").action(() => answer(status));
command("check", "ask now whether there is a newer version").action(() => answer(check));
command("plan", "what an update would do, and what stands in its way; changes nothing")
  .argument("[version]", "the offered one when left out", version)
  .action((wanted?: string) => answer((site) => plan(site, wanted)));
command("update", "update, over required stops if it has to be, and follow it to its end")
  .argument("[version]", "the offered one when left out", version)
  .option("--yes", "do not ask")
  .option("--breaking", "do not ask, also where things change that people have to know of; `filaops plan` lists them")
  .action((wanted: string | undefined, { yes, breaking }: Yes & { breaking?: true }) =>
    answer((site) => update(site, { version: wanted, yes: yes === true, breaking: breaking === true })),
  );
command("start-fresh", "begin with a version and an empty database; what is there now is kept, and `filaops undo` brings it back")
  .argument("<version>", "an offered one", version)
  .option("--farm-name <name>", "the name of the farm, for scripts; without it you are asked to type it")
  .action((wanted: string, { farmName }: { farmName?: string }) =>
    answer((site) => startFresh(site, { version: wanted, farmName: farmName ?? null })),
  );
command("undo", "go back to before an update, a restore or a fresh start, and follow it to its end")
  .argument("[run]", "the one that can be undone when left out", ulid)
  .option("--yes", "do not ask")
  .action((run: string | undefined, { yes }: Yes) => answer((site) => undo(site, { run, yes: yes === true })));
command("backup", "make a backup, and follow it to its end")
  .option("--note <text>", "a word on why, to find it again")
  .action(({ note }: { note?: string }) => answer((site) => backup(site, note ?? "")));
command("backups", "all backups, newest first, and what is wrong with them").action(() => answer(backups));
command("verify", "read a backup through, every byte of it")
  .argument("<backup>", "as `filaops backups` names it", ulid)
  .action((id: string) => answer((site) => verify(site, id)));
command("drill", "restore a backup on trial, beside what is live: the proof that it can be used")
  .argument("<backup>", "as `filaops backups` names it", ulid)
  .action((id: string) => answer((site) => drill(site, id)));
command("restore", "restore a backup in place of what is there now, and follow it to its end")
  .argument("[backup]", "as `filaops backups` names it; with --from, the newest copy when left out", ulid)
  .option("--from <place>", "fetch it first from where copies lie: s3://bucket/folder, or a folder")
  .option("--key <file>", "with --from: the file that holds the key to the copies")
  .option("--yes", "do not ask")
  .action((id: string | undefined, { from, key, yes }: Yes & { from?: string; key?: string }) => {
    if (from === undefined && id === undefined) throw new InvalidArgumentError("Which backup? `filaops backups` lists them.");
    return answer(async (site) => {
      const fetched = from === undefined ? null : await fetchCopy(site, { from, id, keyFile: key, yes: yes === true });
      if (fetched !== null && !("id" in fetched)) return fetched;
      return restore(site, { backup: fetched?.id ?? id ?? "", yes: yes === true });
    });
  });
const brought = command("bundle", "releases that were brought here as files, for a computer without internet").action(() =>
  answer(bundles),
);
under(brought, "list", "the same").action(() => answer(bundles));
under(brought, "add", "take in a release's bundle, verified as every update is")
  .argument("<file>", "a file, or - for standard input")
  .action((file: string) => answer((site) => addBundle(site, file)));
under(brought, "remove", "remove a bundle's file for good")
  .argument("<name>", "as `filaops bundle list` names it")
  .action((name: string) => answer((site) => removeBundle(site, name)));
const copies = command("offsite", "where backups are copied to, and what lies there").action(() => answer(offsite));
under(
  copies,
  "set",
  "set up where they go: s3://bucket/folder (with AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), or a folder",
)
  .argument("<place>")
  .option("--recipient <age1…>", "encrypt to this key; without it a new one is made and shown")
  .action((address: string, { recipient }: { recipient?: string }) => answer((site) => setOffsite(site, { address, recipient })));
under(copies, "copy", "copy now what does not lie there yet, and follow it to its end").action(() => answer(copyOut));
under(copies, "off", "copy no more; what lies there stays").action(() => answer(stopOffsite));
const told = command("messages", "who is told elsewhere, and what came of the last messages").action(() => answer(messages));
under(told, "allow", "let messages go to addresses of your own network as well")
  .argument("<address...>", "like 192.168.1.20 or 192.168.1.0/24")
  .option("--no", "not any more")
  .action((addresses: string[], { no }: { no?: true }) => answer((site) => allowMessages(site, addresses, no === true)));
command("adopt-backup", "make a backup that came from another installation one of yours")
  .argument("<backup>", "as `filaops backups` names it", ulid)
  .action((id: string) => answer((site) => adoptBackup(site, id)));
command("cancel", "cancel the run that is under way, if it has not changed anything yet").action(() => answer(cancel));
command("not-tonight", "let the next night pass without the update that is announced to begin by itself").action(() =>
  answer(notTonight),
);
command("log", "the log of a run")
  .argument("[run]", "the newest when left out", ulid)
  .action((run?: string) => answer((site) => log(site, run)));
command("doctor", "look at everything, and say what is wrong and what to do").action(() => answer(doctor));
command("adopt", "look whether this installation is laid out as an update needs it; changes nothing").action(() => answer(adopt));
command("settle", "after a run that needed a person: make everything as the journals say").action(() => answer(settle));
command("reset-password", "give somebody a new password")
  .argument("<email>")
  .option("--stdin", "read the new password from standard input instead of making one")
  .action((email: string, { stdin }: { stdin?: true }) =>
    answer(async (site) => {
      const password = stdin === true ? (await readAll(process.stdin)).trimEnd() : null;
      return resetPassword(site, { email, password });
    }),
  );

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Commander has said what was wrong already; asking for help is not wrong.
  process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
}

function command(name: string, description: string): Command {
  return under(program, name, description);
}

function under(parent: Command, name: string, description: string): Command {
  // Flags may stand before and behind the command.
  return parent
    .command(name)
    .description(description)
    .option("--home <folder>", "the folder of FilaOps")
    .option("--json", "print one JSON object instead of sentences")
    .exitOverride();
}

async function answer(act: (site: Site) => Promise<Answer>): Promise<void> {
  const flags = { ...program.opts<Flags>(), ...chosen()?.opts<Flags>() };
  const json = flags.json === true;
  const home = flags.home ?? readEnv("FILAOPS_HOME") ?? DEFAULT_HOME;
  const given = await withSite(
    home,
    { say: json ? () => undefined : print, ...(json ? { confirm: null, ask: null } : people()) },
    act,
  ).catch((error: unknown) => answerOfProblem(toProblem(error)));
  if (json) print(JSON.stringify(given.json));
  else given.text.forEach(print);
  process.exitCode = given.exit;
}

/** The command that was called. */
function chosen(): Command | undefined {
  return program.commands.find((candidate) => candidate.name() === program.args[0]);
}

/** How somebody at a terminal is asked; a script is not. */
function people(): Pick<Site, "confirm" | "ask"> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return { confirm: null, ask: null };
  const ask = async (question: string) => {
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    try {
      return (await terminal.question(`${question} `)).trim();
    } finally {
      terminal.close();
    }
  };
  return { ask, confirm: async (question) => /^y(es)?$/i.test(await ask(`${question} [y/N]`)) };
}

function version(text: string): string {
  if (versionSchema.safeParse(text).success) return text;
  throw new InvalidArgumentError("A version is like 1.2.0.");
}

function ulid(text: string): string {
  if (ulidSchema.safeParse(text).success) return text;
  throw new InvalidArgumentError(
    "Runs and backups are called by 26 letters and digits, as `filaops log` and `filaops backups` show them.",
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
