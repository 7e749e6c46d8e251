import { expect, it } from "vitest";
import { clientAddress } from "./client-address.ts";

const proxies = new Set(["10.0.0.1", "10.0.0.2"]);
const isTrusted = (address: string) => proxies.has(address);

it.each([
  ["a client without a proxy", "203.0.113.9", undefined, "203.0.113.9"],
  ["a client that claims to be somebody else", "203.0.113.9", "10.0.0.1, 198.51.100.1", "203.0.113.9"],
  ["one behind a trusted proxy", "10.0.0.1", "203.0.113.9", "203.0.113.9"],
  ["one behind two", "10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"],
  ["one behind a trusted proxy, with a claim", "10.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"],
  ["a trusted proxy that says nothing", "10.0.0.1", undefined, "10.0.0.1"],
  ["a trusted proxy that asks for itself", "10.0.0.1", "10.0.0.2", "10.0.0.2"],
  ["IPv4 written as IPv6", "::ffff:10.0.0.1", " ::FFFF:203.0.113.9 ", "203.0.113.9"],
  ["nothing at all", "", undefined, ""],
])("%s", (_what, connection, forwardedFor, expected) => {
  expect(clientAddress(connection, forwardedFor, isTrusted)).toBe(expected);
});
