import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import type { Flight } from "./flights.ts";
import { responseHeaders } from "./rules/headers.ts";

export type Outgoing = {
  dispatcher: Dispatcher;
  method: string;
  target: string;
  headers: string[];
  body: Buffer | Readable | null;
  response: ServerResponse;
  flight: Flight;
  /** Whether an answer is handed on, looked at before a byte of it goes to the client. */
  judge: (status: number, notReady: boolean) => "pass" | "again";
  /**
   * An answer of up to so many bytes is handed on only when it is whole, so that one that breaks off in the middle can be asked for again. Not those of event
   * streams.
   */
  wholeUpTo?: number;
};

/**
 * - `answered`: the app's answer went to the client, to its end or as far as it came.
 * - `not-sent`: no byte of the request reached the app.
 * - `cut`: it was sent, and no answer came.
 * - `rejected`: an answer came and was thrown away.
 * - `malformed`: the request cannot be sent to anybody.
 */
export type Outcome = "answered" | "not-sent" | "cut" | "rejected" | "malformed";

/** An answer of which not a byte went to the client yet. */
type KeptAnswer = { status: number; raw: string[]; chunks: Buffer[]; bytes: number };

const NOTHING = Buffer.alloc(0);
/** Tells the client of an event stream to come back soon. */
const HINT = "retry: 1000\n\n";

/**
 * Sends one request to the app and hands its answer on as it comes, no faster than the client takes it. Unless the outcome is `answered`, not a
 * byte went to the client, so the caller may ask again or answer by itself. `flight.abort` ends the try at once.
 */
export function forward(out: Outgoing): Promise<Outcome> {
  const { response, flight } = out;
  return new Promise((resolve) => {
    let upstream: Dispatcher.DispatchController | null = null;
    let over = false;
    const settle = (outcome: Outcome) => {
      over = true;
      resolve(outcome);
    };
    const resume = () => upstream?.resume();
    const tail = trackTail();
    let endOfStream: (() => void) | null = null;
    let kept: KeptAnswer | null = null;

    flight.abort = () => {
      if (over) return;
      settle(flight.answered ? "answered" : upstream === null ? "not-sent" : "cut");
      upstream?.abort(new Error("taken back"));
    };

    const begin = (status: number, raw: string[]) => {
      const headers = responseHeaders(raw);
      response.writeHead(status, headers);
      flight.answered = true;
      // Sends the headers now. (flushHeaders would send them as UTF-8 and so change the bytes of one in Latin-1.)
      response.write(NOTHING);
      response.on("drain", resume);
      // Where a client goes and the answer is waited for all the same, nobody else would let it go on.
      response.on("close", resume);
      if (flight.kind !== "streams") return;
      if (!isEventStream(headers)) {
        flight.kind = "reads";
        return;
      }
      // What is compressed cannot be added to.
      const endStream = () => {
        const addable = tail.whole() && value(headers, "content-encoding") === undefined;
        if (!response.destroyed) response.end(addable ? HINT : undefined);
      };
      endOfStream = endStream;
      flight.closeStream = () => {
        endStream();
        flight.abort();
      };
    };

    const pass = (chunk: Buffer) => {
      tail.add(chunk);
      return response.write(chunk);
    };

    /** Hands on what was kept back; says whether the client takes more. */
    const release = ({ status, raw, chunks }: KeptAnswer) => {
      kept = null;
      begin(status, raw);
      return chunks.map(pass).every(Boolean);
    };

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(controller) {
        if (over) {
          controller.abort(new Error("taken back"));
          return;
        }
        upstream = controller;
      },
      onResponseStart(controller, status) {
        if (over || status < 200) return;
        const raw = rawHeaders(controller);
        if (out.judge(status, isNotReady(raw)) === "pass") {
          if (out.wholeUpTo !== undefined && flight.kind !== "streams") kept = { status, raw, chunks: [], bytes: 0 };
          else begin(status, raw);
          return;
        }
        settle("rejected");
        controller.abort(new Error("asked again"));
      },
      onResponseData(controller, chunk) {
        // A client that has gone takes nothing; the answer is then only waited for.
        if (over || response.destroyed) return;
        if (kept === null) {
          if (!pass(chunk)) controller.pause();
          return;
        }
        kept.chunks.push(chunk);
        kept.bytes += chunk.length;
        if (kept.bytes > (out.wholeUpTo ?? 0) && !release(kept)) controller.pause();
      },
      onResponseEnd() {
        if (over) return;
        if (kept !== null) release(kept);
        if (endOfStream === null) response.end();
        else endOfStream();
        settle("answered");
      },
      onResponseError(_controller, error) {
        if (over) return;
        if (!flight.answered) {
          settle(isMalformed(error) ? "malformed" : upstream === null ? "not-sent" : "cut");
          return;
        }
        // The client must not take half an answer for a whole one; an event stream has no whole.
        if (endOfStream === null) response.destroy();
        else endOfStream();
        settle("answered");
      },
    };

    // How long an event stream may be silent is the app's business.
    const bodyTimeout = flight.kind === "streams" ? 0 : null;
    const { method, target: path, headers, body } = out;
    out.dispatcher.dispatch({ method, path, headers, body, bodyTimeout }, handler);
  });
}

/** Knows whether what has passed ends with a blank line: half an event is dropped by the client, but only if nothing follows it (WHATWG HTML, 9.2.6). */
function trackTail() {
  let last = "\n\n";
  return {
    add: (chunk: Buffer) => {
      last = (last + chunk.subarray(-4).toString("latin1")).slice(-4);
    },
    whole: () => /\n\r?\n$/.test(last),
  };
}

function isEventStream(headers: readonly string[]): boolean {
  return value(headers, "content-type")?.toLowerCase().startsWith("text/event-stream") === true;
}

function isNotReady(headers: readonly string[]): boolean {
  return value(headers, "x-filaops-not-ready") === "1";
}

function value(headers: readonly string[], wanted: string): string | undefined {
  const at = headers.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === wanted);
  return at === -1 ? undefined : headers[at + 1];
}

/** The app's headers as they came, in their order, repeated ones too; bytes as Node writes them. */
function rawHeaders(controller: Dispatcher.DispatchController): string[] {
  const raw = controller.rawHeaders;
  if (!Array.isArray(raw)) return [];
  return raw.map((part) => (typeof part === "string" ? part : part.toString("latin1")));
}

function isMalformed(error: Error): boolean {
  return "code" in error && (error.code === "UND_ERR_INVALID_ARG" || error.code === "UND_ERR_NOT_SUPPORTED");
}
