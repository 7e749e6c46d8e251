/** Why a commit did not come from its repository, in plain words, and what to do. */
export type SourceTrouble = { reason: string; todo: string };

/** What the engine begins with when it could not get the source; what comes after it is git's. */
const OF_THE_SOURCE =
  /^(?:unable to prepare context: )?(?:error fetching|error checking out|error initializing submodules|failed to init repo|failed add origin|unable to determine installed git)\b/;

type Known = [signs: RegExp, trouble: (where: Where) => SourceTrouble];
type Where = { host: string; repository: string; commit: string };

const KNOWN: readonly Known[] = [
  [
    /executable file not found/,
    () => ({
      reason: "git is missing on the computer that Docker runs on",
      todo: "Install git there (on Debian and Ubuntu: apt install git), then try again.",
    }),
  ],
  [
    /certificate/i,
    ({ host }) => ({
      reason: `the certificate of ${host} is not trusted by the computer that Docker runs on`,
      todo: "If it is of an authority of your own, add that one to the certificates of that computer. If not, somebody may be in between: do not go on before you know who.",
    }),
  ],
  [
    /not our ref|unadvertised object|find remote ref|did not match any file|reference is not a tree/,
    ({ host, commit }) => ({
      reason: `${host} does not have the commit ${commit}, or does not give it out`,
      todo: "Look whether FILAOPS_BUILD_FROM in .env is the repository of these releases. If it is a mirror, wait until it has caught up.",
    }),
  ],
  [
    /repository '.*' not found|could not read Username|Authentication failed|returned error: 40[134]/i,
    ({ repository }) => ({
      reason: `there is no repository ${repository} that everybody may read`,
      todo: "Look at FILAOPS_BUILD_FROM in .env, then run `docker compose up -d` and try again.",
    }),
  ],
  [
    /resolve host|failed to connect|couldn't connect|connection|timed out|early EOF|hung up|TLS|returned error: 5\d\d/i,
    ({ host }) => ({
      reason: `${host} did not answer, or not to the end`,
      todo: "Look at the connection to the internet of the computer that Docker runs on, then try again.",
    }),
  ],
];

/** What the engine's words say about getting the source; `null` when they are about something else. */
export function sourceTrouble(
  words: string,
  { repository, commit }: { repository: string; commit: string },
): SourceTrouble | null {
  if (!OF_THE_SOURCE.test(words) && !words.includes('exec: "git"')) return null;
  const where = { host: new URL(repository).host, repository, commit: commit.slice(0, 12) };
  const known = KNOWN.find(([signs]) => signs.test(words));
  if (known !== undefined) return known[1](where);
  return { reason: words, todo: "Look at the connection to the internet, then try again." };
}
