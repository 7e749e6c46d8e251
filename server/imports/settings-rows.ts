import type { ClientBase } from "pg";
import { updateSettingsInputSchema } from "../accounts/contract.ts";
import type { Finding } from "./contract.ts";
import type { RowClass } from "./rules/classify.ts";
import { classify } from "./rules/classify.ts";
import type { Source } from "./source.ts";
import { findingAt } from "./source.ts";
import type { StagedLine } from "./staging.ts";

export type ComparedSetting = { line: StagedLine; key: string; value: string; what: RowClass };

/** The settings that a file may bring, each checked as if a person had entered it; all others are only told. */
export async function compareSettings(
  client: ClientBase,
  source: Source,
  lines: readonly StagedLine[],
): Promise<{ settings: ComparedSetting[]; findings: Finding[] }> {
  const { rows } = await client.query<{ key: string; value: unknown; at: string }>(
    `SELECT key, value, to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at FROM settings`,
  );
  const here = new Map(rows.map((row) => [row.key, { values: [JSON.stringify(row.value)], updatedAt: row.at }]));
  const settings = new Map<string, ComparedSetting>();
  const findings: Finding[] = [];
  for (const line of lines.filter(({ bad }) => !bad)) {
    const [key, text] = line.values;
    const checked = checkSetting(key ?? "", text ?? "");
    if ("what" in checked) findings.push(findingAt(source, line, checked));
    else if (settings.has(key ?? "")) {
      const what = `“${key ?? ""}” is in the file twice.`;
      findings.push(findingAt(source, line, { severity: "error", column: "key", what, todo: "Take one of them away." }));
    } else {
      const what = classify([checked.value], here.get(key ?? ""), source.exportedAt);
      settings.set(key ?? "", { line, key: key ?? "", value: checked.value, what });
    }
  }
  return { settings: [...settings.values()], findings };
}

type Wrong = Pick<Finding, "severity" | "column" | "what" | "todo">;

function checkSetting(key: string, text: string): { value: string } | Wrong {
  const { shape } = updateSettingsInputSchema;
  if (key !== "farmName" && key !== "currency") {
    return { severity: "notice", column: "key", what: `The setting “${key}” is not imported.`, todo: "" };
  }
  const parsed = shape[key].safeParse(parsedJson(text));
  if (parsed.success) return { value: JSON.stringify(parsed.data) };
  return {
    severity: "error",
    column: "value",
    what: `This is no value for “${key}”.`,
    todo: parsed.error.issues[0]?.message ?? "",
  };
}

/** `undefined` for what is not JSON, or is nested deeper than any setting. */
function parsedJson(text: string): unknown {
  if (text.length > 10_000) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export async function writeSettings(client: ClientBase, settings: readonly ComparedSetting[]): Promise<void> {
  for (const { key, value } of settings) {
    await client.query(
      `INSERT INTO settings (key, value, updated_at) VALUES ($1, $2::jsonb, now())
       ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, updated_at = now()`,
      [key, value],
    );
  }
}
