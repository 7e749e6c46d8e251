import type { ServerResponse } from "node:http";
import { createServer } from "node:http";

export type FakeImage = {
  Id: string;
  RepoDigests?: readonly string[];
  RepoTags?: readonly string[];
  Size?: number;
  Os: string;
  Architecture: string;
  Config: { Labels: Record<string, string> | null };
};

/** How the made-up engine answers; what is left out, as an engine without faults does. */
export type Faults = {
  apiVersion?: string;
  /** Writes the answer to a pull, and ends it or not. */
  pull?: (response: ServerResponse) => void;
  /** Writes the answer to a build. */
  build?: (response: ServerResponse, query: URLSearchParams) => void;
  /** What is found after the pull; `null`: nothing. */
  image?: (sound: FakeImage) => FakeImage | null;
  /** Answers some requests otherwise; false when it does not want this one. */
  first?: (request: string, response: ServerResponse) => boolean;
};

export type FakeEngine = { socket: string; requests: string[]; close: () => Promise<void> };

/** Docker's Engine API on a unix socket, as far as the driver asks it, of an engine that has one image to pull: `sound`. */
export async function openFakeEngine(socket: string, sound: FakeImage, faults: Faults = {}): Promise<FakeEngine> {
  const requests: string[] = [];
  const server = createServer((incoming, response) => {
    const { pathname, searchParams } = new URL(incoming.url ?? "", "http://docker");
    const path = decodeURIComponent(pathname);
    const request = `${incoming.method ?? ""} ${path}`;
    requests.push(request);
    if (faults.first?.(request, response) === true) return;
    if (request === "POST /build" && faults.build !== undefined) faults.build(response, searchParams);
    else answer(request, response, { sound, faults });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    socket,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function answer(request: string, response: ServerResponse, { sound, faults }: { sound: FakeImage; faults: Faults }): void {
  if (request === "GET /version") json(response, { ApiVersion: faults.apiVersion ?? "1.41", Os: "linux", Arch: "amd64" });
  else if (request === "POST /images/create") (faults.pull ?? pullAll)(response);
  else if (request.startsWith("GET /images/")) {
    const image = (faults.image ?? unchanged)(sound);
    if (image === null) refuse(response, 404, "No such image");
    else json(response, image);
  } else if (request.startsWith("DELETE ")) json(response, []);
  else if (request.endsWith("/tag")) response.writeHead(201).end();
  else refuse(response, 404, "page not found");
}

function unchanged(image: FakeImage): FakeImage {
  return image;
}

/** A layer on its way, as the engine tells it. */
export const UNDER_WAY = line({ status: "Downloading", id: "a", progressDetail: { current: 5, total: 10 } });
export const ALL_HERE = line({ status: "Download complete", id: "a" }) + line({ status: "Status: Downloaded newer image for x" });

export function line(event: unknown): string {
  return `${JSON.stringify(event)}\r\n`;
}

export function refuse(response: ServerResponse, status: number, message: string): void {
  json(response, { message }, status);
}

function pullAll(response: ServerResponse): void {
  response.end(UNDER_WAY + ALL_HERE);
}

function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
