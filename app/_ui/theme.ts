/** What the reader chose; `system` follows their computer. */
export type Theme = "system" | "light" | "dark";

/** The cookie that keeps the choice: the server must know it, or the page would flash in the wrong colours. */
export const THEME_COOKIE = "filaops-theme";
const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** The choice in a cookie's value; anything unknown means `system`. */
export function parseTheme(value: string | undefined): Theme {
  return value === "light" || value === "dark" ? value : "system";
}

/** Applies a choice to the page that is open and keeps it for the next ones. */
export function chooseTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  document.cookie = `${THEME_COOKIE}=${theme}; Path=/; Max-Age=${YEAR_SECONDS}; SameSite=Lax`;
}
