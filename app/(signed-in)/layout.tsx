import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { requireRole } from "../_server/gate.ts";
import { serverCaller } from "../_server/caller.ts";
import { FarmProvider } from "../_client/farm.tsx";
import { UpdateNotices } from "../_update/notices.tsx";
import { parseTheme, THEME_COOKIE } from "../_ui/theme.ts";
import { Footer } from "./_frame/footer.tsx";
import { Header } from "./_frame/header.tsx";
import { Navigation } from "./_frame/navigation.tsx";

/** The frame of every signed-in page. It shows; who may see a page is decided by the page itself. */
export default async function SignedInLayout({ children }: { children: ReactNode }) {
  const me = await requireRole("viewer");
  const caller = await serverCaller();
  const [{ farmName, currency }, { version }, jar] = await Promise.all([
    caller.settings.get(),
    caller.system.version(),
    cookies(),
  ]);
  return (
    <FarmProvider farm={{ farmName, currency, me }}>
      <a
        href="#content"
        className="sr-only rounded-box bg-accent px-4 py-2 font-medium text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50"
      >
        Skip to the content
      </a>
      <div className="flex min-h-dvh flex-col pb-14 md:pb-0">
        <Header farmName={farmName} theme={parseTheme(jar.get(THEME_COOKIE)?.value)} />
        <UpdateNotices />
        <main id="content" tabIndex={-1} className="mx-auto w-full max-w-6xl flex-1 px-4 py-6">
          {children}
        </main>
        <Footer version={version} />
      </div>
      <Navigation place="foot" />
    </FarmProvider>
  );
}
