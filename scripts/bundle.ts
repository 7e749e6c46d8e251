import { parseArgs } from "node:util";
import { toProblem } from "../server/platform/errors.ts";
import { bundleRelease } from "./packaging/bundle.ts";

const USAGE = `Makes a bundle of a packaged release: one file that brings it to a computer without internet.

  npm run bundle -- dist/1.1.0 [--image layout.tar] [--without-archive] [--out FILE]

  --image FILE        a tar file of an OCI image layout with an image that release.json signs, for installations with containers; may be
                      repeated. \`docker buildx build --output type=oci,dest=FILE\` and \`skopeo copy docker://… oci-archive:FILE\` make one
  --without-archive   leave out the archive, which is for installations without containers
  --out FILE          the bundle; filaops-VERSION.bundle.tar beside the archive, unless given
`;

/** The command line of `bundleRelease`. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      image: { type: "string", multiple: true, default: [] },
      "without-archive": { type: "boolean", default: false },
      out: { type: "string" },
    },
  });
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1) throw new Error(USAGE);
  const { image: images, "without-archive": bare, out } = values;
  const file = await bundleRelease({ folder, images, archive: !bare, ...(out === undefined ? {} : { out }) });
  process.stdout.write(`${file}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${toProblem(error).happened}\n`);
  process.exitCode = 1;
}
