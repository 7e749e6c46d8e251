import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../../../platform/files.ts";
import { run } from "../../../platform/process.ts";

/** Who vouches for a server at 127.0.0.1, and the server's certificate. */
export type Authority = { certificatePath: string; server: { key: string; cert: string } };

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];

/** A certificate authority of its own, of this folder. */
export async function makeAuthority(folder: string): Promise<Authority> {
  await makeFolder(folder);
  const [key, certificatePath] = [join(folder, "authority.key"), join(folder, "authority.pem")];
  await run("openssl", ["req", "-x509", ...KEY, "-keyout", key, "-out", certificatePath, "-subj", "/CN=Test authority"]);
  const [serverKey, serverPath] = [join(folder, "server.key"), join(folder, "server.pem")];
  const extensions = ["subjectAltName=IP:127.0.0.1", "basicConstraints=critical,CA:FALSE"].flatMap((text) => ["-addext", text]);
  const signedBy = ["-CA", certificatePath, "-CAkey", key];
  const subject = ["-subj", "/CN=Test server", ...extensions];
  await run("openssl", ["req", "-x509", ...KEY, ...signedBy, "-keyout", serverKey, "-out", serverPath, ...subject]);
  return {
    certificatePath,
    server: { key: await readFile(serverKey, "utf8"), cert: await readFile(serverPath, "utf8") },
  };
}
