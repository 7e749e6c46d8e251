import { headers } from "next/headers";
import { cache } from "react";
import { createCallerFactory, createContext } from "../../server/trpc/init.ts";
import { appRouter } from "../../server/trpc/root.ts";
import { web } from "../../server/trpc/web.ts";

const createCaller = createCallerFactory(appRouter);

/** What this page's request knows: one for the whole render, so the person is read from the database once. */
export const pageContext = cache(async () => createContext(web(), { headers: new Headers(await headers()), method: "GET" }));

/** The procedures, called as the one who asked for the page. For reading: a page saves through the browser. */
export async function serverCaller() {
  return createCaller(await pageContext());
}
