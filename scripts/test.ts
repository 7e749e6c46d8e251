import { open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { baseEnv } from "../server/platform/env.ts";
import { spawnAttached } from "../server/platform/process.ts";

/**
 * Runs every part of the test suite and adds up what passed and failed. A part that is one command counts as one test; vitest and Playwright count
 * their own.
 */

type Count = { passed: number; failed: number };
type Part = {
  name: string;
  /** Runs it; what it prints goes to this file, or to where ours goes. */
  run: (output: number | null) => Promise<Count>;
  /** Run only when it is asked for. */
  aside?: true;
};

const reports = tmpdir();

const vitestReport = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  success: z.boolean(),
});
const playwrightReport = z.object({
  stats: z.object({ expected: z.int(), unexpected: z.int(), flaky: z.int(), skipped: z.int() }),
});

/**
 * Stages go one after the other; the parts of one go at the same time. Docker's tests and the browser's mostly wait, each for its own; the two that
 * look at clocks while people work, and share the one engine, are alone.
 */
const stages: Part[][] = [
  [npm("generate")],
  [npm("format:check"), npm("layout"), npm("layering"), npm("types"), npm("lint"), npm("unused"), npm("unused:production")],
  [tested("unit", "vitest.config.ts")],
  [tested("docker", "vitest.docker.config.ts"), browser("browser", ["--grep-invert", "@docker"], ["scripts/own-network"])],
  [browser("browser:docker", ["--grep", "@docker"])],
  // The native road has its own suites and the browser's; and of the broken releases two are met with containers, where each costs a quarter of a minute.
  [{ ...command("demo", ["scripts/demo", "--check"]), aside: true }],
  [command("demo:docker", ["scripts/demo", "--docker", "--check", "--some"])],
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !stages.flat().some((part) => part.name === name));
if (unknown.length > 0) {
  const names = stages.flat().map(({ name }) => name);
  print(`There is no part ${unknown.join(", ")}. The parts: ${names.join(", ")}`);
  process.exit(2);
}

const total: Count = { passed: 0, failed: 0 };
for (const stage of stages) {
  const parts = stage.filter(({ name, aside }) => (wanted.length === 0 ? aside !== true : wanted.includes(name)));
  const counts = await Promise.all(parts.map((part) => (parts.length === 1 ? runPart(part, null) : besideOthers(part))));
  for (const { passed, failed } of counts) {
    total.passed += passed;
    total.failed += failed;
  }
}
print(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

async function runPart({ name, run }: Part, output: number | null): Promise<Count> {
  if (output === null) print(`── ${name}`);
  const begun = performance.now();
  const count = await run(output);
  print(`── ${name}: ${count.failed === 0 ? "ok" : "FAILED"} after ${((performance.now() - begun) / 1000).toFixed(0)} s\n`);
  return count;
}

/** What it prints is kept until it has ended, so that lines of several parts do not mix. */
async function besideOthers(part: Part): Promise<Count> {
  const path = join(reports, `filaops-${part.name.replace(":", "-")}-${process.pid}.log`);
  const file = await open(path, "w+");
  try {
    return await runPart(part, file.fd);
  } finally {
    process.stdout.write(await readFile(path, "utf8"));
    await file.close();
    await rm(path);
  }
}

/** One command that passes or fails as a whole. */
function command(name: string, words: readonly string[]): Part {
  return {
    name,
    run: async (output) => ((await exitCode(words, { output })) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }),
  };
}

function npm(script: string): Part {
  return command(script, ["npm", "run", "--silent", script]);
}

type Counting = { args?: string[]; env?: Record<string, string>; read: (text: string) => Count };

/** A test runner that counts its own tests and writes them to a file. Without a readable report it has failed. */
function counted(name: string, words: readonly string[], counting: (file: string) => Counting): Part {
  return {
    name,
    run: async (output) => {
      const file = join(reports, `filaops-${name.replace(":", "-")}-${process.pid}.json`);
      const { args = [], env = {}, read } = counting(file);
      const code = await exitCode([...words, ...args], { env, output });
      try {
        const count = read(await readFile(file, "utf8"));
        return { passed: count.passed, failed: code === 0 ? count.failed : Math.max(1, count.failed) };
      } catch (error) {
        print(`no report of ${name}: ${String(error)}`);
        return { passed: 0, failed: 1 };
      } finally {
        await rm(file, { force: true });
      }
    },
  };
}

/** Vitest with one of its configurations. */
function tested(name: string, config: string): Part {
  return counted(name, ["npx", "vitest", "run", "--config", config, "--reporter=default", "--reporter=json"], (file) => ({
    args: [`--outputFile.json=${file}`],
    read: (text) => {
      const report = vitestReport.parse(JSON.parse(text));
      // A test that was not run has not passed: nothing in this project is skipped.
      return {
        passed: report.numPassedTests,
        failed: Math.max(report.numFailedTests + report.numPendingTests, report.success ? 0 : 1),
      };
    },
  }));
}

/** Playwright with some of its files; `before`: what runs it. */
function browser(name: string, args: readonly string[], before: readonly string[] = []): Part {
  const folder = join("test-results", name.replace(":", "-"));
  return counted(name, [...before, "npx", "playwright", "test", ...args, "--output", folder, "--reporter=list,json"], (file) => ({
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: file },
    read: (text) => {
      const { stats } = playwrightReport.parse(JSON.parse(text));
      return { passed: stats.expected, failed: stats.unexpected + stats.flaky + stats.skipped };
    },
  }));
}

type Running = { env?: Record<string, string>; output: number | null };

function exitCode([program = "", ...args]: readonly string[], { env = {}, output }: Running): Promise<number> {
  const child = spawnAttached(program, args, {
    env: { ...baseEnv(), ...env, CI: "true", FORCE_COLOR: "0" },
    ...(output === null ? {} : { stdio: ["ignore", output, output] }),
  });
  return new Promise((resolve) => {
    child.once("error", (error) => {
      print(String(error));
      resolve(1);
    });
    child.once("close", (code) => {
      resolve(code ?? 1);
    });
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
