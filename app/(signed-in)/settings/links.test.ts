import { expect, it } from "vitest";
import { settingsLinks } from "./links.ts";

it.each([
  ["owner", ["Farm", "Users", "API tokens", "Data", "Updates", "Backups", "Copies elsewhere", "Disk", "Messages", "My account"]],
  ["admin", ["Farm", "API tokens", "Data", "Updates", "Backups", "Copies elsewhere", "Disk", "Messages", "My account"]],
  ["staff", ["My account"]],
  ["viewer", ["My account"]],
] as const)("shows %s no door that is shut", (role, texts) => {
  expect(settingsLinks(role).map((link) => link.text)).toEqual(texts);
});
