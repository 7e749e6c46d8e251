import { SearchX } from "lucide-react";
import { LinkButton } from "../_ui/button.tsx";
import { EmptyState } from "../_ui/empty-state.tsx";

/** An address inside the farm that leads nowhere. */
export default function NotFound() {
  return (
    <EmptyState
      icon={SearchX}
      title="This page does not exist"
      action={
        <LinkButton variant="primary" href="/">
          Go to the dashboard
        </LinkButton>
      }
    >
      The address may have a slip in it, or what it led to has moved. Your data is not affected.
    </EmptyState>
  );
}
