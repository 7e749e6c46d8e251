import { findBlockers } from "./blockers.ts";
import { readBooks } from "./books.ts";
import { compareData } from "./changes.ts";
import { copy, drop } from "./copy.ts";
import { create } from "./create.ts";
import type { Databases } from "./databases.ts";
import { findDefects } from "./defects.ts";
import { fill } from "./fill.ts";
import { closeFence, fence, openFence } from "./fence.ts";
import { grantTables } from "./grants.ts";
import { readDataHash } from "./hash.ts";
import { dataDirectory, databaseBytes, databaseSettings, findByName, findByOid, schemaHead, serverVersion } from "./inspect.ts";
import { loaderRemedy } from "./loader-role.ts";
import type { DatabasesOptions } from "./owner.ts";
import { carryOver } from "./carry-over.ts";
import { createOwner, setAllowConnections } from "./owner.ts";
import { referredFiles } from "./referred-files.ts";
import { settingsDifferences } from "./rules/settings.ts";
import { raiseTo, readSequences } from "./sequences.ts";
import { endBackends, silence } from "./sessions.ts";
import { liveSince, swap } from "./swap.ts";
import { readWrittenSince } from "./written-since.ts";

/**
 * The owner's side of a real PostgreSQL. Connects when it is first asked; a server that is away or goes away is `service-unreachable`, and the next
 * call tries anew. `close` ends its connections.
 */
export function createDatabases(options: DatabasesOptions): Databases {
  const owner = createOwner(options);
  const { beside, inside, roles } = owner;
  return {
    find: (name) => beside((client) => findByName(client, name)),
    findByOid: (oid) => beside((client) => findByOid(client, oid)),
    bytes: (name) => beside((client) => databaseBytes(client, name)),
    settings: (name) => beside((client) => databaseSettings(client, name)),
    schemaHead: (name) => inside(name, schemaHead),
    serverVersion: () => beside(serverVersion),
    dataDirectory: () => beside(dataDirectory),
    blockers: (name) => beside((client) => findBlockers(owner, client, name)),

    closeFence: () => beside((client) => closeFence(owner, client)),
    openFence: () => beside((client) => openFence(owner, client)),
    fence: () => beside((client) => fence(owner, client)),

    books: (name) => inside(name, readBooks),
    dataHash: (name) => inside(name, readDataHash),

    endSessions: (name) => beside((client) => silence(owner, client, name)),
    allowConnections: (name) => beside((client) => setAllowConnections(client, name, true)),
    copy: (source, target, settings) => beside((client) => copy(owner, client, { source, target, settings })),
    create: (name, settings) => beside((client) => create(owner, client, { name, settings })),
    fill: (target, work) => fill(owner, target, work),
    loaderRemedy: () => beside((client) => loaderRemedy(owner, client)),
    drop: (oid) => beside((client) => drop(owner, client, oid)),
    swap: (wanted) => beside((client) => swap(owner, client, wanted)),

    applyGrants: (name) =>
      inside(name, async (client) => {
        await grantTables(client, roles);
        await client.query("ANALYZE");
      }),
    async defects(name, like) {
      const actual = await beside((client) => databaseSettings(client, name));
      return [...settingsDifferences(actual, like), ...(await inside(name, (client) => findDefects(client, roles)))];
    },

    async changesSince(kept, live) {
      const { comment } = await beside((client) => databaseSettings(client, live));
      return inside(kept, (before) => inside(live, (now) => compareData(before, now, liveSince(comment))));
    },
    referredFiles: (name) => inside(name, referredFiles),
    writtenSince: (name, backup) => inside(name, (client) => readWrittenSince(client, backup)),
    carryOver: (from, to) => inside(from, (source) => inside(to, (target) => carryOver(source, target))),
    async raiseSequences(name, other) {
      const floors = await inside(other, readSequences);
      await inside(name, (client) => raiseTo(client, floors));
    },
    endBackends: (applicationName) => owner.aside((client) => endBackends(owner, client, applicationName)),
    close: () => owner.close(),
  };
}
