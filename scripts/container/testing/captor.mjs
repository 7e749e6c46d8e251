// What somebody tries who runs code as the app, inside of its container. Prints one JSON object: attempt → how it ended. Harmless if it succeeds.
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";

const PSQL = "/usr/lib/postgresql/17/bin/psql";
const appPassword = (await readFile("/filaops/keys/web/app.password", "utf8")).trim();
const webToken = (await readFile("/filaops/keys/web/web.token", "utf8")).trim();

async function identity() {
  const status = await readFile("/proc/self/status", "utf8");
  const value = (name) => new RegExp(`^${name}:\\s*(\\S+)`, "m").exec(status)?.[1];
  const capabilities =
    /^0+$/.test(value("CapEff")) && /^0+$/.test(value("CapBnd")) ? "no capabilities" : `capabilities ${value("CapBnd")}`;
  return `uid ${value("Uid")}, ${capabilities}, ${value("NoNewPrivs") === "1" ? "no new privileges" : "new privileges"}`;
}

function connecting(where) {
  return new Promise((resolve) => {
    const socket = connect({ ...where, timeout: 3000 });
    const end = (word) => {
      socket.destroy();
      resolve(word);
    };
    socket.once("connect", () => end("connected"));
    socket.once("timeout", () => end("ETIMEDOUT"));
    socket.once("error", (error) => end(error.code));
  });
}

/** The host itself can be reached from a network without a way out, at the network's first address. */
async function dockerOverTcp() {
  const addresses = Object.values(networkInterfaces())
    .flat()
    .filter(({ internal, family }) => !internal && family === "IPv4");
  const hosts = addresses.map(({ address }) => address.replace(/\d+$/, "1"));
  const tries = hosts.flatMap((host) => [2375, 2376].map((port) => connecting({ host, port })));
  return (await Promise.all(tries)).includes("connected") ? "connected" : "refused or no way";
}

/** `FAR` is a host beyond the router, as everything on the internet is. */
function internet() {
  const [host, port] = process.env.FAR.split(":");
  return connecting({ host, port: Number(port) });
}

function reading(path) {
  return readFile(path).then(
    () => "read",
    (error) => error.code,
  );
}

function writing(path) {
  return writeFile(path, "x").then(
    () => "written",
    (error) => error.code,
  );
}

function sql(text, user = "filaops_app") {
  const args = [
    "--no-psqlrc",
    "--host",
    "db",
    "--username",
    user,
    "--dbname",
    "filaops",
    "--set",
    "VERBOSITY=sqlstate",
    "--command",
    text,
  ];
  return new Promise((resolve) => {
    execFile(PSQL, args, { env: { PGPASSWORD: appPassword, PGCONNECT_TIMEOUT: "5" } }, (error, _out, told) => {
      if (error === null) resolve("done");
      else resolve(/password authentication failed/.test(told) ? "28P01" : (/ERROR:\s+(\w+)/.exec(told)?.[1] ?? told));
    });
  });
}

function asking(procedure, input, headers = { "x-filaops-user": "1" }) {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        socketPath: "/filaops/door/updater.sock",
        path: `/${procedure}`,
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${webToken}`, ...headers },
      },
      (response) => {
        let text = "";
        response.on("data", (chunk) => (text += chunk));
        response.on("end", () => resolve(JSON.parse(text)));
      },
    );
    sent.on("error", reject);
    sent.end(JSON.stringify(input));
  });
}

async function refusal(procedure, input, headers) {
  const { error } = await asking(procedure, input, headers);
  return error === undefined ? "done" : error.data;
}

const plan = "01JD0000000000000000000P1N";
const attempts = {
  identity: identity(),
  "docker socket": connecting({ path: "/var/run/docker.sock" }),
  "docker tcp": dockerOverTcp(),
  "owner password": reading("/filaops/keys/owner/owner.password"),
  "superuser password": reading("/filaops/keys/database/superuser.password"),
  "operator token": reading("/filaops/keys/operator.token"),
  backups: reading("/filaops/backups"),
  journals: reading("/filaops/updates"),
  shared: writing("/filaops/shared/status.json"),
  files: writing("/filaops/files/captor"),
  exports: writing("/filaops/exports/captor"),
  imports: writing("/filaops/imports/captor"),
  "own program": writing("/opt/filaops/server.js"),
  internet: internet(),
  "as owner": sql("SELECT 1", "filaops_owner"),
  "become owner": sql("SET ROLE filaops_owner"),
  "alter table": sql("ALTER TABLE orders ADD COLUMN captor integer"),
  "create database": sql("CREATE DATABASE captor"),
  "copy program": sql("COPY orders TO PROGRAM 'cat'"),
  "unknown version": refusal("planUpdate", { version: "9.9.9" }).then((data) => data.problem?.code),
  "path for a version": refusal("planUpdate", { version: "../../etc/passwd" }).then((data) => data.code),
  "unknown plan": refusal("start", { plan, idempotencyKey: "captor-1234" }).then((data) => data.problem?.code),
  "operator's act": refusal("settle", {}).then((data) => data.code),
  "operator itself": refusal("settle", {}, {}).then((data) => data.problem?.code),
  gate: connecting({ path: "/filaops/gate/gate.sock" }),
};

const entries = await Promise.all(Object.entries(attempts).map(async ([name, attempt]) => [name, String(await attempt)]));
process.stdout.write(JSON.stringify(Object.fromEntries(entries)));
