import { AppError } from "../../server/platform/errors.ts";

/** Signs in as a browser does (next-auth's credentials form) and returns the cookies to send from then on. */
export async function signIn(base: string, { email, password }: { email: string; password: string }): Promise<string> {
  const first = await fetch(`${base}/api/auth/csrf`);
  const { csrfToken } = (await first.json()) as { csrfToken: string };
  const answer = await fetch(`${base}/api/auth/callback/credentials`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", cookie: cookiesOf(first), origin: base },
    body: new URLSearchParams({ csrfToken, email, password, json: "true", callbackUrl: base }),
    redirect: "manual",
  });
  const cookies = cookiesOf(answer);
  if (!cookies.includes("filaops.session=")) {
    throw new AppError("unexpected", { detail: `signing in was answered ${answer.status}` });
  }
  return cookies;
}

function cookiesOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0] ?? "")
    .join("; ");
}
