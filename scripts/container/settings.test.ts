import { afterEach, expect, test, vi } from "vitest";
import { configFromEnvironment } from "./settings.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each([
  ["Docker's own, when it has it", undefined, "/var/run/docker.sock"],
  ["Docker's own, at another place of the host", "/run/user/1000/docker.sock", "/var/run/docker.sock"],
  ["the socket proxy's, when it has nothing", "/dev/null", "/srv/filaops/data/engine/docker.sock"],
])("the updater asks at a socket: %s", (_what, given, socket) => {
  vi.stubEnv("FILAOPS_PUBLIC_URL", "https://farm.example");
  vi.stubEnv("FILAOPS_PROJECT", "filaops");
  vi.stubEnv("FILAOPS_DIR", "/srv/filaops");
  vi.stubEnv("FILAOPS_UPDATER_SOCKET", given);
  expect(configFromEnvironment().docker).toEqual({ project: "filaops", folder: "/srv/filaops", socket });
});
