/**
 * Spreadsheets run a cell that begins with one of these as a formula, so such text goes out behind an apostrophe (OWASP, "CSV Injection"). Text that already
 * looks like that gets one more, so that taking away one always gives back what was there. For text columns of CSV only: a number's minus stays as it is.
 */
const DEFUSED = /^'*[=+\-@\t\r\n]/;
const ARMED_AGAIN = /^'+[=+\-@\t\r\n]/;

/** Text as it is written into CSV. */
export function defuse(value: string): string {
  return DEFUSED.test(value) ? `'${value}` : value;
}

/** Text as it was before `defuse`; what was never defused stays as it is, unless it begins with an apostrophe and one of those characters. */
export function restore(value: string): string {
  return ARMED_AGAIN.test(value) ? value.slice(1) : value;
}
