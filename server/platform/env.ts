/** The only reader of the process environment. */
export function readEnv(name: string): string | undefined {
  const value = process.env[name];
  return value === undefined || value === "" ? undefined : value;
}

/** Sets variables of our own environment, for what is loaded into this process afterwards and reads them. */
export function setEnv(values: Readonly<Record<string, string>>): void {
  Object.assign(process.env, values);
}

/** What a child process needs of our environment to run at all: no secret is among it. */
export function baseEnv(): Record<string, string> {
  const kept = ["PATH", "LANG", "LC_ALL", "TZ", "HOME", "TMPDIR", "NODE_EXTRA_CA_CERTS"];
  return Object.fromEntries(kept.flatMap((name) => (readEnv(name) === undefined ? [] : [[name, readEnv(name) ?? ""]])));
}
