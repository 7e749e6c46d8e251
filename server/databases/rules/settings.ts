import type { DatabaseSettings } from "../contract.ts";

/** In words, in which settings and grants a database differs from what is wanted; order means nothing. */
export function settingsDifferences(actual: DatabaseSettings, wanted: DatabaseSettings): string[] {
  const differences: string[] = [];
  const compare = (what: string, is: readonly string[], should: readonly string[]) => {
    const missing = should.filter((item) => !is.includes(item));
    const extra = is.filter((item) => !should.includes(item));
    if (missing.length > 0) differences.push(`${what} missing: ${missing.join(", ")}`);
    if (extra.length > 0) differences.push(`${what} too many: ${extra.join(", ")}`);
  };
  compare("settings", settingsOf(actual), settingsOf(wanted));
  compare("grants", actual.grants, wanted.grants);
  for (const key of ["connectionLimit", "encoding", "collate", "ctype"] as const) {
    if (actual[key] !== wanted[key]) differences.push(`${key} is ${actual[key]}, not ${wanted[key]}`);
  }
  return differences;
}

function settingsOf({ settings }: DatabaseSettings): string[] {
  return settings.flatMap(({ role, config }) => config.map((entry) => (role === "" ? entry : `${entry} (for ${role})`)));
}
