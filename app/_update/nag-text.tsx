import type { NagView } from "./nag-view.ts";

/** The sentences of a notice, and what it lists. */
export function NagText({ view: { lines, list } }: { view: NagView }) {
  return (
    <>
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {list === null ? null : <p>{list.title}</p>}
      {list === null || list.items.length === 0 ? null : (
        <ul className="list-disc pl-5">
          {list.items.map((item) => (
            <li key={item}>{item}</li>
          ))}
        </ul>
      )}
    </>
  );
}
