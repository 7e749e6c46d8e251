import { join } from "node:path";
import type { Ulid, Version } from "./contract.ts";

/**
 * Where everything lies that must survive: the paths below `FILAOPS_HOME`. The only place that knows them. A folder is what a process may be
 * given as a whole (a container gets it mounted): `gate` and `door` hold one socket each, `shared` what gate and app may read, `keys/web` the
 * app's secrets, `keys/owner` those of a migration, `keys/database` those of PostgreSQL itself, `files` and `imports` what people upload
 * and `exports` what they take out: the only ones the app writes.
 */
export function homePaths(home: string) {
  const run = join(home, "run");
  const keys = join(home, "keys");
  const gate = join(home, "gate");
  const door = join(home, "door");
  const shared = join(home, "shared");
  const webKeys = join(keys, "web");
  const ownerKeys = join(keys, "owner");
  const databaseKeys = join(keys, "database");
  const engine = join(home, "engine");
  const offsite = join(home, "offsite");
  const messages = join(home, "messages");
  return {
    home,
    config: join(home, "config.json"),
    shared,
    state: join(shared, "state.json"),
    status: join(shared, "status.json"),
    /** The same of jobs beside (backups and their proofs), which are nobody's to notice but of who looks after them. */
    jobStatus: join(home, "job-status.json"),
    audit: join(home, "audit.ndjson"),
    backups: join(home, "backups"),
    backup: (id: Ulid) => join(home, "backups", id),
    backupLabel: (id: Ulid) => join(home, "backups", `${id}.label.json`),
    backupSettings: join(home, "backup-settings.json"),
    checkSettings: join(home, "check-settings.json"),
    automaticSettings: join(home, "automatic-updates.json"),
    /** What is announced to be installed by itself. */
    announcement: join(home, "announced-update.json"),
    /**
     * Uploaded files, each under the sha256 of its content. They are the app's own, which may write here: whoever takes it over could change them. So
     * a backup holds copies that it has hashed itself, never hard links to these.
     */
    files: join(home, "files"),
    /** What people upload to be brought in, until it is; the app's own, too. */
    imports: join(home, "imports"),
    /** What people export, each in a folder of its own, until it expires. The app's own, as `files` is. */
    exports: join(home, "exports"),
    /** Copies of backups on their way elsewhere, and where that is. */
    offsite,
    offsiteSettings: join(offsite, "settings.json"),
    offsiteStaged: (id: Ulid) => join(offsite, `${id}.tar.age`),
    offsiteLabel: (id: Ulid) => join(offsite, `${id}.json`),
    /** Where messages to people go, and which were sent. */
    messages,
    messageSettings: join(messages, "settings.json"),
    outbox: join(messages, "outbox.ndjson"),
    plans: join(home, "plans"),
    plan: (id: Ulid) => join(home, "plans", `${id}.json`),
    updates: join(home, "updates"),
    update: (run: Ulid) => join(home, "updates", run),
    updatePlan: (run: Ulid) => join(home, "updates", run, "plan.json"),
    journal: (run: Ulid) => join(home, "updates", run, "journal.ndjson"),
    output: (run: Ulid) => join(home, "updates", run, "output.log"),
    cancelWish: (run: Ulid) => join(home, "updates", run, "cancel"),
    /** Why the path that this run is a step of was not gone on with. */
    chainEnd: (run: Ulid) => join(home, "updates", run, "chain-end.json"),
    ballast: join(home, "run", "ballast"),
    releases: join(home, "releases"),
    release: (version: Version) => join(home, "releases", version),
    /** A link to the release that the launcher, the gate and the updater are started from. */
    program: join(home, "program"),
    feedCache: join(home, "releases", "feed.json"),
    /** Releases that were brought here by hand, each a file whose name ends in `.tar`. */
    bundles: join(home, "bundles"),
    bundle: (version: Version) => join(home, "bundles", `filaops-${version}.bundle.tar`),
    logs: join(home, "logs"),
    run,
    updaterLock: join(run, "updater.lock"),
    door,
    updaterSocket: join(door, "updater.sock"),
    engine,
    /** Docker's, as far as the socket proxy lets through; there only where one is used. */
    engineSocket: join(engine, "docker.sock"),
    gate,
    gateSocket: join(gate, "gate.sock"),
    gateState: join(gate, "gate.json"),
    runLock: join(run, "run.lock"),
    slots: join(run, "slots.json"),
    keys,
    ownerKeys,
    ownerPassword: join(ownerKeys, "owner.password"),
    webKeys,
    appPassword: join(webKeys, "app.password"),
    authSecret: join(webKeys, "auth.secret"),
    webToken: join(webKeys, "web.token"),
    operatorToken: join(keys, "operator.token"),
    instanceKey: join(keys, "instance.key"),
    releaseKey: join(keys, "release.pub"),
    /** The secret half of the access key of where copies go. */
    offsiteSecret: join(keys, "offsite.secret"),
    /** Of the channels of messages: passwords, tokens and keys. */
    messageSecrets: join(keys, "messages.secrets.json"),
    databaseKeys,
    /** Of the home's own PostgreSQL, if it has one. */
    superuserPassword: join(databaseKeys, "superuser.password"),
    /** The data folder of the home's own PostgreSQL; there is none where a server of the system is used. */
    cluster: join(home, "postgres"),
    launcher: join(run, "launcher.json"),
    /** Whether gate and updater are those of the installed version, or why not. */
    handover: join(run, "handover.json"),
    /** Optional: raises GitHub's limit on requests. */
    feedToken: join(keys, "feed.token"),
  } as const;
}

export type HomePaths = ReturnType<typeof homePaths>;
