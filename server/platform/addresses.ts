import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { AppError } from "./errors.ts";

/** What kind of place an address is. `forbidden`: link-local, where clouds keep their credentials, and what is no host at all. */
type AddressKind = "forbidden" | "private" | "public";

export type ResolvedAddress = { address: string; family: 4 | 6 };

const forbidden = new BlockList();
for (const [net, prefix] of [
  ["169.254.0.0", 16],
  ["0.0.0.0", 8],
  ["224.0.0.0", 3],
] as const) {
  forbidden.addSubnet(net, prefix, "ipv4");
}
for (const [net, prefix] of [
  ["fe80::", 10],
  ["ff00::", 8],
] as const) {
  forbidden.addSubnet(net, prefix, "ipv6");
}
// Metadata services of clouds that do not lie in the link-local range (Alibaba, Oracle, Azure, Amazon by IPv6).
for (const address of ["100.100.100.200", "192.0.0.192", "168.63.129.16"]) forbidden.addAddress(address, "ipv4");
for (const address of ["::", "fd00:ec2::254"]) forbidden.addAddress(address, "ipv6");

const privateNets = new BlockList();
for (const [net, prefix] of [
  ["10.0.0.0", 8],
  ["127.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
  ["192.0.0.0", 24],
  ["198.18.0.0", 15],
] as const) {
  privateNets.addSubnet(net, prefix, "ipv4");
}
privateNets.addAddress("::1", "ipv6");
privateNets.addSubnet("fc00::", 7, "ipv6");

/** Whether an address is in a list of addresses and subnets (`10.0.0.0/8`), each of which must be one. */
export function addressList(entries: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = "", prefix] = entry.split("/");
    const family = isIP(address) === 4 ? "ipv4" : "ipv6";
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIP(address) === 4 ? "ipv4" : "ipv6");
}

/** Sorts an IP address; IPv4 written as IPv6 counts as what it is. What is no IP address is `forbidden`. */
function addressKind(address: string): AddressKind {
  const version = isIP(address);
  if (version === 0) return "forbidden";
  const family = version === 4 ? "ipv4" : "ipv6";
  if (forbidden.check(address, family)) return "forbidden";
  return privateNets.check(address, family) ? "private" : "public";
}

/**
 * The addresses of a URL's host, all of them looked at before any is used, so that a name which answers differently the second time gains
 * nothing: connect to what this returns. Throws `address-refused` or `network-unreachable`.
 */
export async function resolveHost(url: URL): Promise<{ addresses: ResolvedAddress[]; kind: AddressKind }> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const addresses = await addressesOf(host);
  const kinds = addresses.map(({ address }) => addressKind(address));
  if (kinds.includes("forbidden")) {
    throw new AppError("address-refused", {
      address: url.host,
      reason: "it lies in a range that never holds releases (link-local, multicast or a cloud's metadata service).",
    });
  }
  return { addresses, kind: kinds.includes("private") ? "private" : "public" };
}

async function addressesOf(host: string): Promise<ResolvedAddress[]> {
  const version = isIP(host);
  if (version !== 0) return [{ address: host, family: version === 4 ? 4 : 6 }];
  try {
    const found = await lookup(host, { all: true });
    return found.map(({ address }) => ({ address, family: isIP(address) === 4 ? 4 : 6 }));
  } catch (error) {
    throw new AppError("network-unreachable", { host, reason: "its name is not known." }, { cause: error });
  }
}
