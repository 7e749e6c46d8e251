import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { serverCaller } from "../_server/caller.ts";
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
      <SignInForm returnTo={typeof from === "string" ? from : null} />
    </Entrance>
  );
}
