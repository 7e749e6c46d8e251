import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";

const MINUTES = 15;
/** Wrong passwords in that time: for one account from one address, for one account from anywhere, from one address for any account. */
const LIMITS = { pair: 10, account: 100, address: 60 };

export type Attempts = {
  /** Counts an attempt before it is looked at; `false` when there were too many. */
  begin: (account: string, address: string) => Promise<boolean>;
  /** The password was right: the account's count from this address starts anew. */
  succeeded: (account: string, address: string) => Promise<void>;
  minutes: number;
};

/**
 * Limits guessing. In memory: a restart forgets, and while an update runs two instances count apart, both of which an attacker cannot bring
 * about. The account's own limit is high, so that a stranger cannot lock an owner out from one address.
 */
export function createAttempts(): Attempts {
  const limiter = (points: number, keyPrefix: string) => new RateLimiterMemory({ points, duration: MINUTES * 60, keyPrefix });
  const pair = limiter(LIMITS.pair, "pair");
  const account = limiter(LIMITS.account, "account");
  const address = limiter(LIMITS.address, "address");
  const pairKey = (name: string, from: string) => JSON.stringify([name, from]);
  return {
    minutes: MINUTES,
    begin: async (name, from) => {
      const counted = await Promise.all([consume(address, from), consume(account, name), consume(pair, pairKey(name, from))]);
      return counted.every(Boolean);
    },
    succeeded: async (name, from) => {
      await Promise.all([pair.delete(pairKey(name, from)), account.reward(name, 1), address.reward(from, 1)]);
    },
  };
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<boolean> {
  try {
    await limiter.consume(key);
    return true;
  } catch (limit) {
    if (limit instanceof RateLimiterRes) return false;
    throw limit;
  }
}
