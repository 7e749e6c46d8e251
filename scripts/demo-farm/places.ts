import { join } from "node:path";

/**
 * The publisher's side, one for a clone of the repository: demos, the check and the browser tests install from the same packages, so that the
 * app is built once for all of them.
 */
const PUBLISHER = join(import.meta.dirname, "..", "..", "node_modules", ".cache", "filaops-publisher");

/** Where releases are made and kept, with the keys that sign them. */
export function publisherPlaces(publisher = PUBLISHER) {
  return {
    publisher,
    publicKey: join(publisher, "release.pub"),
    secretKey: join(publisher, "release.key"),
    releases: join(publisher, "releases"),
    base: join(publisher, "base"),
    /** What the packages were made of, and those of the majors. */
    built: join(publisher, "built.json"),
    builtMajors: join(publisher, "built-majors.json"),
  };
}

export type PublisherPlaces = ReturnType<typeof publisherPlaces>;

/** Where a demo keeps its things: the installation itself is one folder of it, as it would be on a real computer. */
export function demoPlaces(folder: string, publisher = publisherPlaces()) {
  return {
    ...publisher,
    folder,
    /** `FILAOPS_HOME` of the demo. */
    home: join(folder, "home"),
    ports: join(folder, "ports.json"),
    signIn: join(folder, "sign-in.json"),
  };
}

export type DemoPlaces = ReturnType<typeof demoPlaces>;
