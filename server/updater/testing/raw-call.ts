import { request } from "node:http";

/** A call to the updater that our client would not make. */
export function rawCall(
  socketPath: string,
  path: string,
  options: { headers: Record<string, string>; body?: unknown },
): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const method = options.body === undefined ? "GET" : "POST";
    const headers = { "content-type": "application/json", ...options.headers };
    const call = request({ socketPath, path, method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as unknown });
      });
    });
    call.on("error", reject);
    call.end(options.body === undefined ? undefined : JSON.stringify(options.body));
  });
}
