import { join } from "node:path";
import type { Ulid, Version } from "./contract.ts";

/** Where everything lies that must survive: the paths below `FILAOPS_HOME`. The only place that knows them. */
export function homePaths(home: string) {
  const run = join(home, "run");
  const keys = join(home, "keys");
  return {
    home,
    config: join(home, "config.json"),
    state: join(home, "state.json"),
    status: join(home, "status.json"),
    audit: join(home, "audit.ndjson"),
    backups: join(home, "backups"),
    backup: (id: Ulid) => join(home, "backups", id),
    plans: join(home, "plans"),
    plan: (id: Ulid) => join(home, "plans", `${id}.json`),
    updates: join(home, "updates"),
    update: (run: Ulid) => join(home, "updates", run),
    updatePlan: (run: Ulid) => join(home, "updates", run, "plan.json"),
    journal: (run: Ulid) => join(home, "updates", run, "journal.ndjson"),
    output: (run: Ulid) => join(home, "updates", run, "output.log"),
    cancelWish: (run: Ulid) => join(home, "updates", run, "cancel"),
    ballast: join(home, "run", "ballast"),
    releases: join(home, "releases"),
    release: (version: Version) => join(home, "releases", version),
    /** A link to the release that the launcher, the gate and the updater are started from. */
    program: join(home, "program"),
    feedCache: join(home, "releases", "feed.json"),
    logs: join(home, "logs"),
    run,
    updaterSocket: join(run, "updater.sock"),
    updaterLock: join(run, "updater.lock"),
    gateSocket: join(run, "gate.sock"),
    gateState: join(run, "gate.json"),
    runLock: join(run, "run.lock"),
    slots: join(run, "slots.json"),
    keys,
    ownerPassword: join(keys, "owner.password"),
    appPassword: join(keys, "app.password"),
    authSecret: join(keys, "auth.secret"),
    webToken: join(keys, "web.token"),
    operatorToken: join(keys, "operator.token"),
    instanceKey: join(keys, "instance.key"),
    releaseKey: join(keys, "release.pub"),
    /** Of the home's own cluster, if it has one. */
    superuserPassword: join(keys, "superuser.password"),
    /** The data folder of the home's own PostgreSQL; there is none where a server of the system is used. */
    cluster: join(home, "postgres"),
    launcher: join(run, "launcher.json"),
    /** Optional: raises GitHub's limit on requests. */
    feedToken: join(keys, "feed.token"),
  } as const;
}

export type HomePaths = ReturnType<typeof homePaths>;
