import type { Socket } from "node:net";
import { connect as connectPlain, isIP } from "node:net";
import type { TLSSocket } from "node:tls";
import { connect as connectTls } from "node:tls";
import type { ResolvedAddress } from "../../platform/addresses.ts";
import { pinnedLookup } from "../../platform/guarded-request.ts";

/** What a server says to a command: its number, and the words of each line, which are for deciding and never for showing. */
export type Reply = { code: number; lines: string[] };

/** A server whose answers are longer than this is none. */
const MAX_REPLY = 64 * 1024;

/** A conversation with an SMTP server: one command, one reply. */
export type Session = {
  read: () => Promise<Reply>;
  command: (line: string) => Promise<Reply>;
  /** From now on encrypted. What the server said before that is not part of the encrypted conversation, and makes this throw. */
  encrypt: (host: string) => Promise<void>;
  localAddress: () => string;
  close: () => void;
};

type Wanted = { host: string; port: number; addresses: ResolvedAddress[]; encrypted: boolean; signal: AbortSignal };

/** Connects to one of the addresses that were looked at, whatever the name says by now. Errors are those of the socket. */
export async function openSession({ host, port, addresses, encrypted, signal }: Wanted): Promise<Session> {
  const plain = connectPlain({ host, port, lookup: pinnedLookup(addresses), autoSelectFamily: true });
  const end = () => plain.destroy(new DOMException("too late", "TimeoutError"));
  signal.addEventListener("abort", end, { once: true });
  // Whoever waits hears of it by the waiting; nobody may be there just then.
  plain.on("error", () => undefined);
  await happens(plain, "connect");
  let socket: Socket = encrypted ? await upgraded(plain, host) : plain;
  let replies = createReplies(socket);
  const read = () => replies.next();
  return {
    read,
    command: (line) => {
      socket.write(`${line}\r\n`);
      return read();
    },
    encrypt: async (name) => {
      if (!replies.stop()) throw new Error("it spoke before the encryption began");
      socket = await upgraded(plain, name);
      replies = createReplies(socket);
    },
    localAddress: () => plain.localAddress ?? "",
    close: () => {
      signal.removeEventListener("abort", end);
      // How a conversation that is over ends is of no interest.
      socket.on("error", () => undefined);
      socket.destroy();
      plain.destroy();
    },
  };
}

async function upgraded(plain: Socket, host: string): Promise<TLSSocket> {
  // What names itself by its number has no name to ask for; its certificate is looked at all the same.
  const socket = connectTls({ socket: plain, host, minVersion: "TLSv1.2", ...(isIP(host) === 0 ? { servername: host } : {}) });
  await happens(socket, "secureConnect");
  return socket;
}

function happens(socket: Socket, event: "connect" | "secureConnect"): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("close", () => {
      reject(Object.assign(new Error("it hung up"), { code: "ECONNRESET" }));
    });
    socket.once(event, () => {
      socket.off("error", reject);
      resolve();
    });
  });
}

/** Gathers what comes into replies: lines of one number, the last of which has a blank behind it. */
function createReplies(socket: Socket) {
  let rest = "";
  let lines: string[] = [];
  let broken: Error | null = null;
  let waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void } | null = null;

  const fail = (error: Error) => {
    broken ??= error;
    waiting?.reject(broken);
    waiting = null;
  };
  const look = () => {
    if (waiting === null) return;
    for (let end = rest.indexOf("\n"); end !== -1; end = rest.indexOf("\n")) {
      const line = rest.slice(0, end).replace(/\r$/, "");
      rest = rest.slice(end + 1);
      const parsed = /^([2-5]\d\d)(?:([ -])(.*))?$/.exec(line);
      if (parsed === null) {
        fail(Object.assign(new Error("it does not speak SMTP"), { code: "not SMTP" }));
        return;
      }
      lines.push(parsed[3] ?? "");
      if (parsed[2] === "-") continue;
      waiting.resolve({ code: Number(parsed[1]), lines });
      waiting = null;
      lines = [];
      return;
    }
  };
  const onData = (chunk: Buffer) => {
    rest += chunk.toString("latin1");
    if (rest.length > MAX_REPLY || lines.length > 1000) fail(Object.assign(new Error("it says too much"), { code: "not SMTP" }));
    else look();
  };
  socket.on("data", onData);
  socket.on("error", fail);
  socket.on("close", () => {
    fail(Object.assign(new Error("it hung up"), { code: "ECONNRESET" }));
  });
  return {
    next: () =>
      new Promise<Reply>((resolve, reject) => {
        if (broken !== null) {
          reject(broken);
          return;
        }
        waiting = { resolve, reject };
        look();
      }),
    /** Hears no more; says whether everything that came was asked for. */
    stop: () => {
      socket.off("data", onData);
      return rest === "";
    },
  };
}
