import { describe, expect, test } from "vitest";
import { judgeConnection, judgeContainer } from "./engine-body.ts";

const SITE = { project: "filaops", folder: "/srv/filaops", networks: [] };
const OURS = { "com.docker.compose.project": "filaops" };
const RESTRAINED = { CapDrop: ["ALL"], SecurityOpt: ["no-new-privileges:true"], NetworkMode: "filaops_inside" };
const CAPS = ["DAC_OVERRIDE", "FOWNER", "CHOWN", "KILL"];

/** As Compose asks for an app's container. */
function app(host: object = {}, config: object = {}) {
  return {
    ...{
      Image: "filaops",
      Env: ["A=1"],
      Labels: { ...OURS, "com.docker.compose.service": "web-blue" },
      Volumes: null,
      ...config,
    },
    HostConfig: { ...RESTRAINED, Binds: ["/srv/filaops/data/door:/filaops/door:ro"], Privileged: false, Devices: null, ...host },
    NetworkingConfig: { EndpointsConfig: { filaops_inside: { Aliases: ["web-blue"] } } },
  };
}

/** As Compose asks for a runner's. */
function runner(host: object = {}, config: object = {}) {
  const Labels = { ...OURS, "com.docker.compose.service": "runner" };
  return app(
    { PidMode: "host", CapAdd: CAPS, Binds: ["/srv/filaops:/srv/filaops:rw"], ...host },
    { User: "0:10001", Labels, ...config },
  );
}

const bind = (Source: string) => ({ Type: "bind", Source, Target: "/x" });

describe("made so, it passes", () => {
  test.each<[string, object, string[]]>([
    ["the app", app(), ["filaops_inside"]],
    ["a runner", runner(), ["filaops_inside"]],
    ["one whose socket is nothing", runner({ Mounts: [bind("/dev/null")] }), ["filaops_inside"]],
    ["one with a volume", app({ Binds: ["filaops_database:/data:rw"] }), ["filaops_inside", "filaops_database"]],
    ["one with a mounted volume", app({ Mounts: [{ Type: "volume", Source: "v", Target: "/v" }] }), ["filaops_inside", "v"]],
    ["one without a network", { ...app({ NetworkMode: "none" }), NetworkingConfig: {} }, []],
    ["one that logs", app({ LogConfig: { Type: "json-file", Config: { "max-size": "10m" } } }), ["filaops_inside"]],
  ])("%s; what it names is to be the project's", (_what, body, named) => {
    const judged = judgeContainer(body, SITE);
    expect(judged).toMatchObject({ kind: "allowed" });
    expect(judged.kind === "allowed" && judged.named.map(({ name }) => name)).toEqual(named);
  });

  test("and is sent on without what is empty, but with values that are", () => {
    const body = app({ Tmpfs: { "/tmp": "" }, MaskedPaths: [] }, { ExposedPorts: { "3000/tcp": {} } });
    const judged = judgeContainer(body, SITE);
    const sent = judged.kind === "allowed" ? (judged.body as ReturnType<typeof app>) : null;
    expect(sent).toMatchObject({ Image: "filaops", ExposedPorts: { "3000/tcp": {} }, HostConfig: { Tmpfs: { "/tmp": "" } } });
    // An empty list of masked paths would unmask them all.
    expect(Object.keys(sent!.HostConfig)).not.toContain("MaskedPaths");
  });
});

describe("made so, it does not", () => {
  test.each<[string, object]>([
    ["with all rights", app({ Privileged: true })],
    ["in another case, which Docker reads as well", app({ privileged: true })],
    ["a second HostConfig in another case", { ...app(), hostconfig: { Privileged: true } }],
    ["in the host's network", app({ NetworkMode: "host" })],
    ["in another container's network", app({ NetworkMode: "container:other" })],
    ["connected to the host's network", { ...app(), NetworkingConfig: { EndpointsConfig: { host: {} } } }],
    ["an app among all processes", app({ PidMode: "host" })],
    ["a runner among another container's processes", runner({ PidMode: "container:x" })],
    // As that user it may enter any process of that user, and so the host's whole disk.
    ["a runner that is another user of the host", runner({}, { User: "1000" })],
    ["a runner that is nobody in particular", runner({}, { User: "" })],
    ["an app with a right", app({ CapAdd: ["CHOWN"] })],
    ["a runner with another right", runner({ CapAdd: [...CAPS, "SYS_ADMIN"] })],
    ["a runner with all rights", runner({ CapAdd: ["ALL"] })],
    ["a runner that keeps the usual rights", runner({ CapDrop: [] })],
    ["one that may get new privileges", app({ SecurityOpt: null })],
    ["one without seccomp", app({ SecurityOpt: ["no-new-privileges:true", "seccomp=unconfined"] })],
    ["a device", app({ Devices: [{ PathOnHost: "/dev/sda" }] })],
    ["a device by its kind", app({ DeviceCgroupRules: ["a *:* rwm"] })],
    ["a graphics card", app({ DeviceRequests: [{ Count: -1 }] })],
    ["another container's mounts", app({ VolumesFrom: ["db"] })],
    ["another runtime", app({ Runtime: "kata" })],
    ["the host's memory", app({ IpcMode: "host" })],
    ["the host's users", app({ UsernsMode: "host" })],
    ["the host's disk", app({ Binds: ["/:/host"] })],
    ["Docker's socket", runner({ Mounts: [bind("/var/run/docker.sock")] })],
    ["a way out of the folder", app({ Binds: ["/srv/filaops/../../etc:/x"] })],
    ["a folder whose name only begins so", app({ Mounts: [bind("/srv/filaops-other")] })],
    ["a mount that others see", app({ Binds: ["/srv/filaops/data:/x:rshared"] })],
    ["a mount that others see, in full", app({ Mounts: [{ ...bind("/srv/filaops"), BindOptions: { Propagation: "rshared" } }] })],
    [
      "a volume that is a folder of the host",
      app({
        Mounts: [{ Type: "volume", Source: "v", Target: "/v", VolumeOptions: { DriverConfig: { Options: { device: "/" } } } }],
      }),
    ],
    ["a log that is sent elsewhere", app({ LogConfig: { Type: "gelf", Config: { "gelf-address": "udp://far" } } })],
    ["of another project", app({}, { Labels: { "com.docker.compose.project": "shop" } })],
    ["of no project", app({}, { Labels: null })],
    ["nothing at all", {}],
  ])("%s", (_what, body) => {
    expect(judgeContainer(body, SITE).kind).toBe("refused");
  });

  test("and it is said why", () => {
    expect(judgeContainer(app({ Privileged: true }), SITE)).toEqual({
      kind: "refused",
      reason: "it asks for what FilaOps never does: Privileged",
    });
    expect(judgeContainer(app({ Binds: ["/:/host"] }), SITE)).toEqual({ kind: "refused", reason: "it mounts / of the host" });
  });
});

test("a container is connected by its whole id only", () => {
  const id = "a".repeat(64);
  expect(judgeConnection({ Container: id, EndpointConfig: { Aliases: ["gate"] } })).toMatchObject({
    kind: "allowed",
    named: [{ kind: "container", name: id }],
  });
  expect(judgeConnection({ Container: "a".repeat(12) }).kind).toBe("refused");
  expect(judgeConnection({ Container: id, container: "b" }).kind).toBe("refused");
});
