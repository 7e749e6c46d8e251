import { sibling } from "../../server/platform/entry.ts";
import { homePaths } from "../../server/platform/home.ts";
import { setEnv } from "../../server/platform/env.ts";
import { untilLaidOut } from "./laid-out.ts";
import { PORT, homeFolder, publicUrl, trustedProxies } from "./settings.ts";

/** The gate is given two folders and its address; it sees no configuration and no secret. */
export async function becomeGate(): Promise<void> {
  await untilLaidOut([homePaths(homeFolder()).gate], "writable");
  const own = { publicUrl: publicUrl(), gate: { host: "0.0.0.0", port: PORT, trustedProxies: trustedProxies() } };
  setEnv({ FILAOPS_GATE: JSON.stringify(own) });
  await import(sibling("gate"));
}
