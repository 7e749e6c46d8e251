import type { ResolvedAddress } from "../../platform/addresses.ts";
import { addressList, resolveHost } from "../../platform/addresses.ts";
import { AppError, isAppError } from "../../platform/errors.ts";
import { isErrno } from "../../platform/files.ts";
import type { Failure } from "../contract.ts";

/** A delivery that was not made, and why. What the other side wrote is not in it. */
export class NotDelivered extends Error {
  override readonly name = "NotDelivered";
  readonly failure: Failure;

  constructor(failure: Failure, options?: { cause?: unknown }) {
    super(failure.reason, options);
    this.failure = failure;
  }
}

type Protocol = Failure["protocol"];

/** Where a delivery goes, and what is asked of the place. */
export type Place = { url: URL; protocol: Protocol; encrypted: boolean; allowed: readonly string[] };

/**
 * The addresses to connect to, looked up once and looked at before any is used: whatever the name says afterwards, these are meant. One in the own network
 * must be on the operator's list, all of them if there are several. Nothing goes unencrypted over the internet. Throws `NotDelivered`.
 */
export async function addressesOf({ url, protocol, encrypted, allowed }: Place): Promise<ResolvedAddress[]> {
  const fail = (kind: Failure["kind"], reason: string) => new NotDelivered({ kind, protocol, status: null, reason });
  const { addresses, kind } = await resolveHost(url).catch((error: unknown) => {
    if (isAppError(error, "address-refused")) throw fail("address", "It is an address that nothing is ever sent to.");
    throw unreachable(error, protocol);
  });
  const isAllowed = addressList(allowed);
  if (kind === "private" && !addresses.every(({ address }) => isAllowed(address))) {
    throw fail("private", addresses.map(({ address }) => address).join(", "));
  }
  if (kind === "public" && !encrypted) throw fail("plain", "It would go over the internet for everybody on the way to read.");
  return addresses;
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "it hung up",
  EPIPE: "it hung up",
  UND_ERR_SOCKET: "it hung up",
  EHOSTUNREACH: "there is no way to it",
  ENETUNREACH: "there is no way to it",
  ETIMEDOUT: "it does not answer",
  UND_ERR_CONNECT_TIMEOUT: "it does not answer",
  UND_ERR_HEADERS_TIMEOUT: "it does not answer",
  CERT_HAS_EXPIRED: "its certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by nobody whom this computer knows",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is signed by nobody whom this computer knows",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is signed by nobody whom this computer knows",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is signed by nobody whom this computer knows",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  EPROTO: "it does not speak TLS there",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS there",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "it does not speak TLS there",
};

/** An error of the connection, in our words. */
export function unreachable(error: unknown, protocol: Protocol): NotDelivered {
  if (error instanceof NotDelivered) return error;
  const late = error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError");
  const code = Object.keys(REASONS).find((one) => isErrno(error, one));
  const reason = late ? "it does not answer" : code === undefined ? otherReason(error) : (REASONS[code] ?? code);
  return new NotDelivered({ kind: "unreachable", protocol, status: null, reason }, { cause: error });
}

function otherReason(error: unknown): string {
  if (error instanceof AppError && isAppError(error, "network-unreachable")) return "its name is not known";
  // Errors of several addresses at once carry no code of their own.
  if (error instanceof AggregateError && error.errors.length > 0) return unreachable(error.errors[0], "http").failure.reason;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? `the connection failed (${code.slice(0, 40)})` : "the connection failed";
}
