/** What may stand in a migration. It runs as a whole in one transaction, together with its row in `_prisma_migrations`. */

const FIRST_LINE = /^-- compat: (additive|breaking)\r?(\n|$)/;
const NAME = /^\d{14}_[a-z0-9_]{1,200}$/;

const REFUSED: readonly { pattern: RegExp; why: string }[] = [
  {
    pattern: /^(BEGIN|START\s+TRANSACTION|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|PREPARE\s+TRANSACTION)\b/i,
    why: "it steers the transaction, which is the whole file's",
  },
  { pattern: /\bCONCURRENTLY\b/i, why: "CONCURRENTLY cannot run in a transaction" },
  {
    pattern:
      /^(VACUUM|CLUSTER\s*$|CREATE\s+(DATABASE|TABLESPACE|SUBSCRIPTION)|DROP\s+(DATABASE|TABLESPACE|SUBSCRIPTION)|ALTER\s+SYSTEM)\b/i,
    why: "it cannot run in a transaction",
  },
  {
    pattern:
      /^(GRANT|REVOKE|ALTER\s+DEFAULT\s+PRIVILEGES|(CREATE|ALTER|DROP)\s+(ROLE|USER)|REASSIGN|SET\s+(LOCAL\s+|SESSION\s+)?(ROLE|SESSION\s+AUTHORIZATION))\b/i,
    why: "roles and grants are given by FilaOps after the migration",
  },
  { pattern: /^\\/, why: "it is a command of psql, not SQL" },
  { pattern: /^COPY\b[^;]*\bFROM\s+STDIN\b/i, why: "it reads from standard input" },
];

/** Everything that is wrong with a migration's name and text, in words; empty when it may be applied. */
export function migrationFaults(name: string, sql: string): string[] {
  const faults: string[] = [];
  if (!NAME.test(name)) faults.push("its folder's name is not 14 digits, an underscore and lower-case words");
  if (!FIRST_LINE.test(sql)) faults.push("its first line is neither `-- compat: additive` nor `-- compat: breaking`");
  for (const statement of statements(sql)) {
    const refused = REFUSED.find(({ pattern }) => pattern.test(statement));
    if (refused !== undefined) faults.push(`\`${statement.slice(0, 60)}\` is refused: ${refused.why}`);
  }
  return faults;
}

/** The statements of a script without their comments and with empty strings, so that only words of SQL are left. */
export function statements(sql: string): string[] {
  const token = /--[^\n]*|\/\*|\$([A-Za-z_]\w*)?\$|'|"(?:[^"]|"")*"|;|[^;'"$/-]+|[\s\S]/y;
  const found: string[] = [];
  let statement = "";
  for (let match = token.exec(sql); match !== null; match = token.exec(sql)) {
    const text = match[0];
    if (text === ";") {
      found.push(statement);
      statement = "";
    } else if (text.startsWith("--")) statement += " ";
    else if (text === "/*") {
      token.lastIndex = endOfComment(sql, token.lastIndex);
      statement += " ";
    } else if (text === "'") {
      token.lastIndex = endOfString(sql, token.lastIndex, /(^|\W)e$/i.test(statement));
      statement += "''";
    } else if (/^\$\w*\$$/.test(text)) {
      const end = sql.indexOf(text, token.lastIndex);
      token.lastIndex = end < 0 ? sql.length : end + text.length;
      statement += "''";
    } else statement += text;
    if (token.lastIndex >= sql.length) break;
  }
  found.push(statement);
  return found.map((one) => one.trim()).filter((one) => one !== "");
}

/** Comments of PostgreSQL nest. */
function endOfComment(sql: string, from: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = from;
  let depth = 1;
  for (let match = mark.exec(sql); match !== null; match = mark.exec(sql)) {
    depth += match[0] === "/*" ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return sql.length;
}

function endOfString(sql: string, from: number, backslashes: boolean): number {
  const end = backslashes ? /(?:[^'\\]|\\[\s\S]|'')*'/y : /(?:[^']|'')*'/y;
  end.lastIndex = from;
  return end.exec(sql) === null ? sql.length : end.lastIndex;
}
