import { join } from "node:path";

/**
 * The publisher's side, one for a clone of the repository: demos, the check and the browser tests install from the same packages, so that the
 * app is built once for all of them.
 */
const PUBLISHER = join(import.meta.dirname, "..", "..", "node_modules", ".cache", "filaops-publisher");

/** Where a demo keeps its things: the installation itself is one folder of it, as it would be on a real computer. */
export function demoPlaces(folder: string) {
  return {
    folder,
    /** `FILAOPS_HOME` of the demo. */
    home: join(folder, "home"),
    publisher: PUBLISHER,
    publicKey: join(PUBLISHER, "release.pub"),
    secretKey: join(PUBLISHER, "release.key"),
    releases: join(PUBLISHER, "releases"),
    base: join(PUBLISHER, "base"),
    /** What the packages were made of. */
    built: join(PUBLISHER, "built.json"),
    ports: join(folder, "ports.json"),
    signIn: join(folder, "sign-in.json"),
  };
}

export type DemoPlaces = ReturnType<typeof demoPlaces>;
