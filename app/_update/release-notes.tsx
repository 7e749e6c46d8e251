import Markdown from "react-markdown";
import rehypeSanitize, { defaultSchema } from "rehype-sanitize";
import remarkGfm from "remark-gfm";

/** Somebody else's text: more than this is not read here but at its source. */
const LONGEST = 20_000;

/** What may stand in notes: text, lists, tables, code, links to the web. No images, nothing that runs, nothing that looks like our own page. */
const SCHEMA = {
  ...defaultSchema,
  tagNames: (defaultSchema.tagNames ?? []).filter(
    (name) => !["img", "picture", "source", "input", "details", "summary"].includes(name),
  ),
  attributes: { a: ["href"] },
  protocols: { href: ["https", "http"] },
};

/** Release notes, sanitised, with their headings below those of the page. */
export function ReleaseNotes({ notes, url }: { notes: string; url: string | null }) {
  const long = notes.length > LONGEST;
  return (
    <div className="space-y-3 [&_code]:font-mono [&_li]:mb-1 [&_ol]:list-decimal [&_ol]:pl-5 [&_pre]:overflow-x-auto [&_table]:block [&_table]:overflow-x-auto [&_td]:pr-4 [&_th]:pr-4 [&_th]:text-left [&_ul]:list-disc [&_ul]:pl-5">
      <Markdown
        remarkPlugins={[remarkGfm]}
        rehypePlugins={[[rehypeSanitize, SCHEMA]]}
        components={{
          a: ({ href, children }) => <OutsideLink href={href}>{children}</OutsideLink>,
          h1: ({ children }) => <h3>{children}</h3>,
          h2: ({ children }) => <h3>{children}</h3>,
          h3: ({ children }) => <h4 className="font-semibold">{children}</h4>,
          h4: ({ children }) => <h5 className="font-semibold">{children}</h5>,
          pre: ({ children }) => <pre tabIndex={0}>{children}</pre>,
        }}
      >
        {long ? notes.slice(0, LONGEST) : notes}
      </Markdown>
      {long ? <p className="text-muted">The notes are longer than this.</p> : null}
      {url === null ? null : (
        <p>
          <OutsideLink href={url}>View release notes</OutsideLink>
        </p>
      )}
    </div>
  );
}

/** A link to a page that is not ours: in a tab of its own, told nothing about us. Without an address it is text. */
export function OutsideLink({ href, children }: { href: string | undefined; children: React.ReactNode }) {
  if (href === undefined || href === "") return <span>{children}</span>;
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer nofollow"
      className="rounded-box font-medium text-accent underline underline-offset-2 hover:text-accent-strong"
    >
      {children}
      <span className="sr-only"> (opens in a new tab)</span>
    </a>
  );
}
