import { expect, test } from "vitest";
import { sourceSchema } from "./config.ts";

test.each(["https://github.com/Blb3D/filaops.git", "https://git.farm.example:8443/~me/mirrors/filaops.git"])(
  "%s is a repository to build from",
  (repository) => {
    expect(sourceSchema.parse({ repository })).toEqual({ repository });
  },
);

test.each([
  "http://github.com/Blb3D/filaops.git",
  "ssh://git@github.com/Blb3D/filaops.git",
  "git@github.com:Blb3D/filaops.git",
  "https://me:token@github.com/Blb3D/filaops.git",
  "https://github.com/Blb3D/filaops",
  "https://github.com/Blb3D/filaops.git#main",
  "https://github.com/Blb3D/filaops.git#:folder.git",
  "https://github.com/Blb3D/filaops.git\n",
  "https://github.com/Blb3D/filaops.git?ref=.git",
  "https://github.com/.git",
  "file:///srv/filaops.git",
  "--upload-pack=x.git",
])("%j is none", (repository) => {
  expect(sourceSchema.safeParse({ repository }).success).toBe(false);
});

test.each<[base: string, isOne: boolean]>([
  ["node:24-trixie-slim", true],
  ["mirror.example:5000/library/node:24-trixie-slim", true],
  [`node@sha256:${"a".repeat(64)}`, true],
  // It has no name that would keep it when what was made of it is cleaned away.
  [`sha256:${"a".repeat(64)}`, false],
  ["--network=host", false],
  ["node:24 --x", false],
])("an image to build upon: %s %s", (base, isOne) => {
  const repository = "https://github.com/Blb3D/filaops.git";
  expect(sourceSchema.safeParse({ repository, base }).success).toBe(isOne);
});
