import type { Metadata } from "next";
import { LinkButton } from "./_ui/button.tsx";
import { Entrance } from "./_ui/entrance.tsx";

export const metadata: Metadata = { title: "Not found" };

/** An address that leads nowhere. */
export default function NotFound() {
  return (
    <Entrance title="This page does not exist">
      <p className="mb-4">The address may have a slip in it, or what it led to has moved. Your data is not affected.</p>
      <LinkButton variant="primary" href="/">
        Go to the dashboard
      </LinkButton>
    </Entrance>
  );
}
