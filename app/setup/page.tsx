import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { serverCaller } from "../_server/caller.ts";
import { Entrance } from "../_ui/entrance.tsx";
import { SetupForm } from "./setup-form.tsx";

export const metadata: Metadata = { title: "Set up" };

/** The first page of a new FilaOps: who owns it. There only as long as there is no user. */
export default async function SetupPage() {
  const { needed } = await (await serverCaller()).setup.state();
  if (!needed) redirect("/sign-in");
  return (
    <Entrance title="Welcome to FilaOps" intro="Two things, and you can begin: the name of your farm, and who owns it.">
      <SetupForm />
    </Entrance>
  );
}
