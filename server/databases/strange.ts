import type { Client } from "pg";

/** How many objects a database of FilaOps' may have at most; the releases make some dozens. */
export const MOST_OBJECTS = 20_000;
/** So many are named; whoever reads more of them learns nothing new. */
const NAMED = 10;

/** What a database of ours has none of: what it is called, the catalogue that lists it, how it is named there, and which of them count. */
const KINDS: readonly [what: string, catalogue: string, name: string, condition?: string][] = [
  ["the function", "pg_proc", "proname"],
  ["the trigger", "pg_trigger", "tgname", "NOT tgisinternal"],
  ["the rule", "pg_rewrite", "rulename", "rulename <> '_RETURN'"],
  ["the view or unusual table", "pg_class", "relname", "relkind NOT IN ('r', 'i', 'S', 't')"],
  ["the type", "pg_type", "typname", "typtype NOT IN ('b', 'c', 'e')"],
  ["the schema", "pg_namespace", "nspname", "nspname !~ '^pg_(toast_)?temp_'"],
  ["the policy", "pg_policy", "polname"],
  ["the event trigger", "pg_event_trigger", "evtname"],
  ["the extension", "pg_extension", "extname"],
  ["the language", "pg_language", "lanname"],
  ["the cast to", "pg_cast", "casttarget::regtype"],
  ["the operator", "pg_operator", "oprname"],
  ["the operator class", "pg_opclass", "opcname"],
  ["the operator family", "pg_opfamily", "opfname"],
  ["the access method", "pg_am", "amname"],
  ["the conversion", "pg_conversion", "conname"],
  ["the collation", "pg_collation", "collname"],
  ["the text search", "pg_ts_config", "cfgname"],
  ["the dictionary", "pg_ts_dict", "dictname"],
  ["the statistics", "pg_statistic_ext", "stxname"],
  ["the foreign data wrapper", "pg_foreign_data_wrapper", "fdwname"],
  ["the foreign server", "pg_foreign_server", "srvname"],
  ["the publication", "pg_publication", "pubname"],
  ["the large object", "pg_largeobject_metadata", "oid"],
  // By whatever was let in, more could be let in later.
  ["rights of others on", "pg_class", "relname", "relacl IS NOT NULL"],
  ["rights of others on the type", "pg_type", "typname", "typacl IS NOT NULL"],
  [
    "default rights of",
    "pg_default_acl",
    "defaclrole::regrole",
    "defaclrole <> (SELECT datdba FROM pg_database WHERE datname = current_database())",
  ],
];

/** What a release's migrations may well call where a value is made or looked at, although it never gives the same twice. */
const HARMLESS = ["nextval", "gen_random_uuid", "random", "clock_timestamp", "timeofday"];

/**
 * What is in this database and in no database that FilaOps ever made, in words: at most ten, and how many more. Whoever works here later, or the
 * server by itself, would run some of it as himself (a trigger, a function that an index calls), or trust it. Ask with nothing but the system's own
 * schema in the search path. Empty when all is well.
 */
export async function findStrange(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ words: string; more: number }>(
    `SELECT words, (count(*) OVER () - $1)::int AS more FROM (${QUESTIONS}) AS found ORDER BY words LIMIT $1`,
    [NAMED],
  );
  const more = rows[0]?.more ?? 0;
  return [...rows.map(({ words }) => words), ...(more > 0 ? [`and ${more} more`] : [])];
}

// What initdb made has smaller numbers than this.
const kinds = KINDS.map(
  ([what, catalogue, name, condition = "true"]) =>
    `SELECT format('${what} %s', left(${name}::text, 100)) AS words FROM ${catalogue} WHERE oid >= 16384 AND ${condition}`,
);

const columnRights = `SELECT format('rights of others on %s', left(attrelid::regclass::text, 100)) AS words
  FROM pg_attribute WHERE attrelid >= 16384 AND attacl IS NOT NULL`;

/** Functions of the system's own may do harm, too: `pg_terminate_backend` in a check ends whom the one who saves may end. */
const calls = `SELECT DISTINCT format('a call of %s', proname) AS words
  FROM (SELECT adbin::text AS tree FROM pg_attrdef UNION ALL SELECT conbin::text FROM pg_constraint
    UNION ALL SELECT indexprs::text FROM pg_index UNION ALL SELECT indpred::text FROM pg_index) AS trees,
  LATERAL regexp_matches(tree, ':(?:op)?funcid (\\d+)', 'g') AS called
  JOIN pg_proc ON pg_proc.oid = called[1]::oid
  WHERE provolatile = 'v' AND proname NOT IN (${HARMLESS.map((name) => `'${name}'`).join(", ")})`;

const tooMany = `SELECT format('%s tables, indexes and the like', count(*)) AS words
  FROM pg_class WHERE oid >= 16384 HAVING count(*) > ${MOST_OBJECTS}`;

const QUESTIONS = [...kinds, columnRights, calls, tooMany].join("\nUNION ALL ");
