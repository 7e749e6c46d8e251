import type { Clock } from "../platform/clock.ts";
import type { Config } from "../platform/config.ts";
import type { HomePaths } from "../platform/home.ts";
import type { BoundPort } from "../platform/listener.ts";
import { bindPort } from "../platform/listener.ts";
import type { Log } from "../platform/log.ts";
import type { Kept } from "./services.ts";
import { keepRunning, scriptService } from "./services.ts";

export type PostName = "gate" | "updater";

/** Gate or updater, kept running. */
export type Post = Kept & {
  /** The file that it is started from, the next time too. */
  program: () => string;
  startFrom: (program: string) => void;
};

export type Posts = {
  /** Who holds the post; throws when nobody ever did. */
  holder: (name: PostName) => Post;
  /** Starts the program besides whoever holds the post, which stays so until `appoint`. */
  begin: (name: PostName, program: string) => Post;
  appoint: (name: PostName, post: Post) => void;
  /** Ends all that were begun of the name, also those that take their time. */
  stop: (name: PostName) => Promise<void>;
  /** Gives the public port back. */
  close: () => void;
};

/** Keeps gate and updater running. The public port is bound once and lent to every gate: so one takes over from another without a lost connection. */
export function createPosts(world: { paths: HomePaths; config: Config; clock: Clock; log: Log }): Posts {
  const holders = new Map<PostName, Post>();
  const begun: Record<PostName, Post[]> = { gate: [], updater: [] };
  let bound: BoundPort | null = null;
  const gatePort = async () => (bound ??= await bindPort(world.config.gate));

  return {
    holder: (name) => {
      const post = holders.get(name);
      if (post === undefined) throw new Error(`no ${name} was appointed`);
      return post;
    },
    begin: (name, first) => {
      let program = first;
      const port = name === "gate" ? { port: gatePort } : {};
      const kept = keepRunning(scriptService({ name, program: () => program, ...port }, world), world);
      const post = { ...kept, program: () => program, startFrom: (next: string) => void (program = next) };
      begun[name].push(post);
      return post;
    },
    appoint: (name, post) => {
      holders.set(name, post);
    },
    stop: async (name) => {
      await Promise.all(begun[name].map((post) => post.stop()));
    },
    close: () => bound?.close(),
  };
}
