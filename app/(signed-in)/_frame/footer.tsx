/** The foot of every signed-in page: which version runs. */
export function Footer({ version }: { version: string }) {
  return (
    <footer className="mx-auto w-full max-w-6xl px-4 py-4 text-sm text-muted">
      <p>FilaOps {version}</p>
    </footer>
  );
}
