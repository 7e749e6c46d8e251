import { expect, test } from "vitest";
import { sourceTrouble } from "./source-trouble.ts";

const where = { repository: "https://git.example/farm.git", commit: "90ba240356978edc2556da227844d18cb2c27d00" };
const access = "error fetching: fatal: unable to access 'https://git.example/farm.git/': ";

test.each([
  [
    `${access}server certificate verification failed. CAfile: none CRLfile: none\n: exit status 128`,
    "the certificate of git.example",
  ],
  [
    `${access}SSL: certificate subject name (a) does not match target host name 'git.example'\n`,
    "the certificate of git.example",
  ],
  [`${access}Could not resolve host: git.example\n: exit status 128`, "git.example did not answer"],
  [`${access}Failed to connect to git.example port 443 after 0 ms: Couldn't connect to server\n`, "git.example did not answer"],
  [`${access}The requested URL returned error: 503\n`, "git.example did not answer"],
  [
    "error fetching: fetch-pack: unexpected disconnect while reading sideband packet\nfatal: early EOF\n",
    "git.example did not answer",
  ],
  ["error fetching: fatal: remote error: upload-pack: not our ref 90ba2403\n", "does not have the commit 90ba24035697"],
  [
    "error fetching: error: Server does not allow request for unadvertised object 90ba2403\n",
    "does not have the commit 90ba24035697",
  ],
  ["error fetching: fatal: repository 'https://git.example/farm.git/' not found\n", "no repository https://git.example/farm.git"],
  ["error fetching: fatal: could not read Username for 'https://git.example': No such device or address\n", "no repository"],
  ['failed to init repo at /tmp/x: : exec: "git": executable file not found in $PATH', "git is missing on the computer"],
  ["error initializing submodules: something new", "error initializing submodules: something new"],
])("%j is told as: %s", (words, told) => {
  expect(sourceTrouble(words, where)?.reason).toContain(told);
});

test.each([
  "failed to reach build target x in Dockerfile",
  "The command 'npm install' returned a non-zero code: 1\nconnection reset",
  "",
])("%j is not about the source", (words) => {
  expect(sourceTrouble(words, where)).toBeNull();
});
