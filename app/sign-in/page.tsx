import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { serverCaller } from "../_server/caller.ts";
import { wasSignedOut } from "../_server/gate.ts";
import { AlertBanner } from "../_ui/alert-banner.tsx";
import { Entrance } from "../_ui/entrance.tsx";
import { SignInForm } from "./sign-in-form.tsx";

export const metadata: Metadata = { title: "Sign in" };

/** E-mail and password; on a new FilaOps the way to its first page. */
export default async function SignInPage({ searchParams }: { searchParams: Promise<{ from?: string | string[] }> }) {
  const { needed } = await (await serverCaller()).setup.state();
  if (needed) redirect("/setup");
  const { from } = await searchParams;
  return (
    <Entrance title="Sign in">
      {(await wasSignedOut()) ? (
        <AlertBanner title="Everybody was signed out" className="mb-4">
          A backup of FilaOps was restored, FilaOps was started fresh, or one of these was undone. Please sign in again, with the
          password that you had at that time. After a fresh start, owners can; they make new accounts for everybody else.
        </AlertBanner>
      ) : null}
      <SignInForm returnTo={typeof from === "string" ? from : null} />
    </Entrance>
  );
}
