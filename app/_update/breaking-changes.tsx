import type { Breaking } from "../../server/releases/contract.ts";
import type { Plan } from "../../server/updates/contract.ts";
import { AlertBanner } from "../_ui/alert-banner.tsx";
import { breakingIntro } from "./breaking-view.ts";
import { OutsideLink } from "./release-notes.tsx";

/** What an update breaks: every change in words with what to do about it, by the version that makes it; first of all, whether the data comes along. */
export function BreakingChanges({ plan, breaking }: { plan: Plan; breaking: Breaking }) {
  const { title, sentences, tone } = breakingIntro(plan, breaking);
  return (
    <>
      <AlertBanner tone={tone} title={title}>
        {sentences.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </AlertBanner>
      {breaking.releases.map(({ version, changes }) =>
        changes.length === 0 ? null : (
          <section key={version} aria-label={`What changes with ${version}`}>
            <h3 className="font-semibold">What changes with {version}</h3>
            <ul className="mt-2 space-y-3">
              {changes.map((change) => (
                <Change key={change.title} {...change} />
              ))}
            </ul>
          </section>
        ),
      )}
    </>
  );
}

/** Somebody's text: shown as it is, with nothing in it that acts. */
function Change({ title, detail, action, url }: Breaking["releases"][number]["changes"][number]) {
  return (
    <li className="border-l-2 border-line pl-3 wrap-anywhere">
      <p className="font-semibold">{title}</p>
      <p>{detail}</p>
      {action === undefined ? null : (
        <p>
          <span className="font-semibold">What to do:</span> {action}
        </p>
      )}
      {url === undefined ? null : (
        <p>
          <OutsideLink href={url}>More about “{title}”</OutsideLink>
        </p>
      )}
    </li>
  );
}
