import { describe, expect, test } from "vitest";
import { judgeRequest } from "./engine-request.ts";

const ID = "0".repeat(64);
const DIGEST = `sha256:${ID}`;

describe("what FilaOps asks for passes", () => {
  test.each([
    ["HEAD", "/_ping"],
    ["GET", "/version"],
    ["GET", "/v1.41/info"],
    ["GET", "/v1.41/containers/json?all=1&filters=%7B%7D"],
    ["GET", "/v1.41/networks?filters=%7B%7D"],
    ["GET", "/v1.41/networks/filaops_inside"],
    ["GET", "/v1.41/volumes/filaops_database"],
    ["POST", "/v1.41/containers/create?name=filaops-web-blue-1"],
    ["GET", "/images/registry.example:5000/filaops@sha256:00/json"],
    ["GET", "/distribution/registry.example%2Ffilaops%40sha256%3A00/json"],
    ["POST", `/images/create?fromImage=registry.example%2Ffilaops&tag=${encodeURIComponent(DIGEST)}`],
    ["POST", `/images/${DIGEST}/tag?repo=filaops-keep&tag=filaops-1.0.0`],
    ["DELETE", "/images/filaops-keep:filaops-1.0.0"],
    ["POST", "/build?t=filaops-built:1.1.0&networkmode=default"],
    ["POST", "/images/load?quiet=true"],
  ])("%s %s", (method, target) => {
    expect(judgeRequest(method, target)).toMatchObject({ kind: "allowed", subject: null });
  });

  test.each([
    ["GET", "/containers/x/json", false],
    ["POST", "/v1.41/containers/x/start", true],
    ["POST", "/v1.41/containers/x/stop?t=1", true],
    ["POST", "/v1.41/containers/x/wait?condition=next-exit", true],
    ["POST", "/v1.41/containers/x/rename?name=y", true],
    ["POST", "/v1.41/containers/x/attach?stream=1", true],
    ["DELETE", "/v1.41/containers/x?force=1", true],
    ["POST", "/v1.41/networks/x/connect", true],
  ])("%s %s, of what is the project's", (method, target, changes) => {
    const kind = target.includes("networks") ? "network" : "container";
    expect(judgeRequest(method, target)).toMatchObject({ kind: "allowed", subject: { kind, name: "x" }, changes });
  });
});

test("what is asked for by a name is asked for by its id afterwards", () => {
  const allowed = judgeRequest("POST", "/v1.41/containers/containers/stop?t=10");
  expect(allowed.kind === "allowed" && allowed.target(ID)).toBe(`/v1.41/containers/${ID}/stop?t=10`);
});

describe("all else does not", () => {
  test.each([
    ["an exec", "POST", "/containers/x/exec"],
    ["a started exec", "POST", "/exec/x/start"],
    ["new limits for a container", "POST", "/containers/x/update"],
    ["files of a container", "GET", "/containers/x/archive?path=/"],
    ["files into a container", "PUT", "/containers/x/archive?path=/"],
    ["an image of a container", "POST", "/commit?container=x"],
    ["a prune", "POST", "/containers/prune"],
    ["a prune of images", "POST", "/images/prune"],
    ["an image into a file", "GET", "/images/x/get"],
    ["a volume, which may be a folder of the host", "POST", "/volumes/create"],
    ["a network, which may be the host's", "POST", "/networks/create"],
    ["a swarm", "POST", "/swarm/init"],
    ["a service", "POST", "/services/create"],
    ["secrets", "GET", "/secrets"],
    ["plugins", "POST", "/plugins/pull"],
    ["BuildKit's session", "POST", "/session"],
    ["BuildKit itself", "POST", "/grpc"],
  ])("%s", (_what, method, target) => {
    expect(judgeRequest(method, target).kind).toBe("refused");
  });

  // In versions before 1.24 a start took the rights of the container with it.
  test("an old version of the language", () => {
    expect(judgeRequest("POST", "/v1.23/containers/x/start").kind).toBe("refused");
  });

  test.each([
    "/containers/x/../../exec/y/start",
    "//exec",
    "/containers/x%2Fexec",
    "/images/a/../../exec/json",
    "/containers/x%00/start",
  ])("%s, which can be read in two ways", (target) => {
    for (const method of ["GET", "POST"]) expect(judgeRequest(method, target).kind).toBe("refused");
  });

  test.each([
    ["a pull by a tag", `/images/create?fromImage=nginx&tag=latest`],
    ["an import", `/images/create?fromSrc=http://x&fromImage=x&tag=${DIGEST}`],
    ["two tags", `/images/create?fromImage=nginx&tag=${DIGEST}&tag=latest`],
    ["another project's name for an image", `/images/${DIGEST}/tag?repo=nginx&tag=latest`],
    ["another project's name for what is built", "/build?t=nginx:latest"],
    ["a build in the host's network", "/build?t=filaops:1&networkmode=host"],
    ["a build with two networks", "/build?networkmode=none&networkmode=host"],
    ["an image that is loaded with a platform of its own", "/images/load?platform=x"],
    ["a build of an address", "/build?remote=http://example.com/x.tar"],
  ])("%s", (_what, target) => {
    expect(judgeRequest("POST", target).kind).toBe("refused");
  });
});
