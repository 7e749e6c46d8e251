import { destination, pino } from "pino";

export type Log = {
  debug: (fields: object, message: string) => void;
  info: (fields: object, message: string) => void;
  warn: (fields: object, message: string) => void;
  error: (fields: object, message: string) => void;
};

const SECRET_KEYS = ["password", "token", "secret", "authorization", "cookie", "PGPASSWORD"];

/**
 * A JSON-lines log on standard output, or another open file descriptor. What cannot be written, because the disk is full, ends nobody. Values under the names of secrets are cut, and
 * so are passwords inside of connection URLs.
 */
export function createLog(service: string, level = "info", output = 1): Log {
  const options = {
    name: service,
    level,
    redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`]), censor: "[cut]" },
    serializers: { err: (error: unknown) => redactUrls(error instanceof Error ? (error.stack ?? error.message) : String(error)) },
  };
  const stream = destination({ dest: output, sync: true });
  // Without this, one line of a log on a full disk was the end of gate, updater and runner.
  stream.on("error", () => undefined);
  return pino(options, stream);
}

/** Replaces the password in every `scheme://user:password@host` of a text. */
export function redactUrls(text: string): string {
  return text.replace(/(\w+:\/\/[^\s:/@]+):[^\s@/]+@/g, "$1:[cut]@");
}

/** A log that says nothing, for tests and for tools whose output is their result. */
export const silentLog: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
