import type { ErrorCode, ErrorDetails } from "./errors.ts";
import { AppError } from "./errors.ts";

/** A problem with one field of what was entered, by its path (`email`, `lines.0.item`), so that the form can say it beside the field. */
export class FieldError<C extends ErrorCode = ErrorCode> extends AppError<C> {
  readonly field: string;

  constructor(field: string, problem: { code: C; details: ErrorDetails<C> }, options?: { cause?: unknown }) {
    super(problem.code, problem.details, options);
    this.field = field;
  }
}
