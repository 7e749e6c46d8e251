import { expect, test } from "vitest";
import { layoutMisfits } from "./layout.ts";
import type { Mount, Service } from "./project.ts";

const PLACE = { folder: "/srv/farm", home: "/srv/farm/data", socket: "/var/run/docker.sock" };

/** What is told of the folder for uploads, when `web-blue` has these mounts. */
function told(mounts: Mount[]): string[] {
  const web: Service = {
    ...{ image: "", profiles: [], networks: [], publishesPorts: false, pid: "" },
    ...{ mounts, environment: { FILAOPS_HOME: "/filaops" } },
  };
  const misfits = layoutMisfits({ services: { "web-blue": web }, inside: null }, PLACE);
  return misfits.filter(({ what }) => what.includes("/files")).map(({ todo }) => todo);
}

test("an app without the folder for uploads is told what to write, and how to bring it into force", () => {
  const todo =
    "Under `volumes:` of `web-blue` in compose.yaml, write: - /srv/farm/data/files:/filaops/files Then: docker compose up -d";
  expect(told([])).toEqual([todo]);
  expect(told([{ source: "/srv/farm/data/files", target: "/elsewhere" }])).toEqual([todo]);
  expect(told([{ source: "/srv/farm/data/files", target: "/filaops/files" }])).toEqual([]);
});
