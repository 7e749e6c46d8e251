import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { baseEnv } from "../server/platform/env.ts";
import { spawnAttached } from "../server/platform/process.ts";

/**
 * Runs every part of the test suite, one after the other, and adds up what passed and failed. A part that is one command counts as one test;
 * vitest and Playwright count their own.
 */

type Count = { passed: number; failed: number };
type Part = { name: string; run: () => Promise<Count>; /** Run only when it is asked for. */ aside?: true };

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

const parts: Part[] = [
  command("generate", ["npm", "run", "--silent", "generate"]),
  command("format", ["npm", "run", "--silent", "format:check"]),
  command("layout", ["npm", "run", "--silent", "layout"]),
  command("layering", ["npm", "run", "--silent", "layering"]),
  command("types", ["npm", "run", "--silent", "types"]),
  command("lint", ["npm", "run", "--silent", "lint"]),
  command("unused", ["npm", "run", "--silent", "unused"]),
  command("unused:production", ["npm", "run", "--silent", "unused:production"]),
  tested("unit", "vitest.config.ts"),
  tested("docker", "vitest.docker.config.ts"),
  // The native road has its own suites and the browser's; and of the broken releases two are met with containers, where each costs a quarter of a minute.
  { ...command("demo", ["scripts/demo", "--check"]), aside: true },
  command("demo:docker", ["scripts/demo", "--docker", "--check", "--some"]),
  counted("browser", ["npx", "playwright", "test", "--reporter=list,json"], (file) => ({
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: file },
    read: (text) => {
      const { stats } = playwrightReport.parse(JSON.parse(text));
      return { passed: stats.expected, failed: stats.unexpected + stats.flaky + stats.skipped };
    },
  })),
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !parts.some((part) => part.name === name));
if (unknown.length > 0) {
  print(`There is no part ${unknown.join(", ")}. The parts: ${parts.map((part) => part.name).join(", ")}`);
  process.exit(2);
}

const total: Count = { passed: 0, failed: 0 };
for (const part of parts.filter(({ name, aside }) => (wanted.length === 0 ? aside !== true : wanted.includes(name)))) {
  print(`── ${part.name}`);
  const begun = performance.now();
  const { passed, failed } = await part.run();
  print(`── ${part.name}: ${failed === 0 ? "ok" : "FAILED"} after ${((performance.now() - begun) / 1000).toFixed(0)} s\n`);
  total.passed += passed;
  total.failed += failed;
}
print(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** One command that passes or fails as a whole. */
function command(name: string, words: readonly string[]): Part {
  return {
    name,
    run: async () => ((await exitCode(words, {})) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }),
  };
}

type Counting = { args?: string[]; env?: Record<string, string>; read: (text: string) => Count };

/** A test runner that counts its own tests and writes them to a file. Without a readable report it has failed. */
function counted(name: string, words: readonly string[], counting: (file: string) => Counting): Part {
  return {
    name,
    run: async () => {
      const file = join(reports, `filaops-${name}-${process.pid}.json`);
      const { args = [], env = {}, read } = counting(file);
      const code = await exitCode([...words, ...args], env);
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

function exitCode([program = "", ...args]: readonly string[], env: Record<string, string>): Promise<number> {
  const child = spawnAttached(program, args, { env: { ...baseEnv(), ...env, CI: "true", FORCE_COLOR: "0" } });
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
