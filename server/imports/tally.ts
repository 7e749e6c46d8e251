import type { Entity } from "../exchange/contract.ts";
import { ENTITIES } from "../exchange/rules/columns.ts";
import type { Counts } from "./contract.ts";
import type { RowClass } from "./rules/classify.ts";

const MOST_EXAMPLES = 50;

/** Counts rows by what they are, and keeps the first conflicts by name. */
export function createTally() {
  const counts = new Map<Entity, Counts>();
  const conflicts: { entity: Entity; key: string }[] = [];
  return {
    add(entity: Entity, what: RowClass, rows = 1) {
      if (rows === 0) return;
      const each = counts.get(entity) ?? { entity, rows: 0, added: 0, changed: 0, unchanged: 0, conflicts: 0 };
      each.rows += rows;
      each[what === "conflict" ? "conflicts" : what] += rows;
      counts.set(entity, each);
    },
    conflict(entity: Entity, key: string) {
      if (conflicts.length < MOST_EXAMPLES) conflicts.push({ entity, key });
    },
    result: () => ({
      counts: [...counts.values()].toSorted((a, b) => ENTITIES.indexOf(a.entity) - ENTITIES.indexOf(b.entity)),
      conflicts,
    }),
  };
}

export type Tally = ReturnType<typeof createTally>;
