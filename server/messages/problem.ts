import type { Problem } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import type { Failure } from "./contract.ts";

/** Why a delivery was not made, in words for a person. */
export function failureError({ kind, status, reason }: Failure, where: string): AppError {
  switch (kind) {
    case "address":
      return new AppError("message-address", { where, reason });
    case "private":
      return new AppError("message-private", { where, addresses: reason });
    case "plain":
      return new AppError("message-plain", { where, reason });
    case "unreachable":
      return new AppError("message-unreachable", { where, reason });
    case "login":
      return new AppError("message-login", { where, status, reason });
    case "refused":
      return new AppError("message-refused", { where, status, reason });
    case "sender":
      return new AppError("message-sender", { reason });
  }
}

/** The same as data, for the log of deliveries. */
export function failureProblem(failure: Failure, where: string): Problem {
  return failureError(failure, where).problem;
}
