/**
 * The address of who asks. Behind reverse proxies the connection is the proxy's: each trusted one appended whom it spoke to, so the last
 * address in `X-Forwarded-For` that is not a trusted proxy's is the client's. What stands further left may be anybody's claim.
 */
export function clientAddress(
  connection: string,
  forwardedFor: string | undefined,
  isTrusted: (address: string) => boolean,
): string {
  const path = [...(forwardedFor ?? "").split(",").map((part) => plain(part)), plain(connection)].filter((part) => part !== "");
  const client = path.findLastIndex((address) => !isTrusted(address));
  // All of them trusted: the first is the one that began.
  return path[Math.max(client, 0)] ?? "";
}

/** An IPv4 client of a socket for both families is an IPv4 client. */
function plain(address: string): string {
  return address.trim().replace(/^::ffff:(?=\d+\.)/i, "");
}
