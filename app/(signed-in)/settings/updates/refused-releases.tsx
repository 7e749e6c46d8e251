import type { RefusedRelease } from "../../../../server/releases/contract.ts";

/** Releases that are listed but not offered, with the reason. The tag is somebody's text: shown, used for nothing. */
export function RefusedReleases({ refused }: { refused: readonly RefusedRelease[] }) {
  if (refused.length === 0) return null;
  return (
    <details>
      <summary className="cursor-pointer rounded-box py-1 text-muted">
        {refused.length === 1 ? "1 release is not offered" : `${refused.length} releases are not offered`}
      </summary>
      <ul className="mt-2 space-y-2">
        {refused.map(({ tag, problem }, index) => (
          <li key={index} className="border-l-2 border-line pl-3">
            <p className="font-medium break-all">{tag.slice(0, 100)}</p>
            <p className="text-sm text-muted">
              {problem.happened} {problem.todo}
            </p>
          </li>
        ))}
      </ul>
    </details>
  );
}
