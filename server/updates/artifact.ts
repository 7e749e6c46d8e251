import { AppError } from "../platform/errors.ts";
import { fetchLimited } from "../platform/http.ts";

/** Whether the release's archive answers where it should be fetched from; throws when it does not. */
export async function artifactAnswers(url: string): Promise<void> {
  const { status } = await fetchLimited(url, { method: "HEAD", maxBytes: 64 * 1024, timeoutMs: 10_000 });
  if (status !== 200) {
    throw new AppError("service-unreachable", { service: "The place of the release", reason: `it answered ${status}` });
  }
}
