import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { TrpcProvider } from "./_client/trpc.tsx";
import { NotifyProvider } from "./_ui/notify.tsx";
import { parseTheme, THEME_COOKIE } from "./_ui/theme.ts";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "FilaOps", template: "%s · FilaOps" },
  description: "Orders, customers and items of a print farm.",
  robots: { index: false, follow: false },
};

export const viewport: Viewport = { width: "device-width", initialScale: 1 };

/** Theme, data and messages around every page. Reading the cookie makes all pages dynamic, which the nonce of the security policy needs. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <html lang="en" {...(theme === "system" ? {} : { "data-theme": theme })}>
      <body>
        <TrpcProvider>
          <NotifyProvider>{children}</NotifyProvider>
        </TrpcProvider>
      </body>
    </html>
  );
}
