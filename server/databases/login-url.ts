import { AppError } from "../platform/errors.ts";
import type { Login } from "./connect.ts";

/** A connection URL as it stands in an environment variable: who, where, and which database. The words of its error hold no secret. */
export function loginFromUrl(url: string): { login: Login; database: string } {
  const parsed = URL.parse(url);
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new AppError("config-invalid", { path: "the database's address", reason: "it is not a postgresql:// URL" });
  }
  const login = {
    host: parsed.hostname,
    port: parsed.port === "" ? 5432 : Number(parsed.port),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
  };
  return { login, database: decodeURIComponent(parsed.pathname.slice(1)) };
}

/** The URL of a login and a database, for a program that takes one. */
export function urlOf({ host, port, user, password }: Login, database: string): string {
  return `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${encodeURIComponent(database)}`;
}
