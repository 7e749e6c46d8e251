import type { Metadata } from "next";
import { requireRole } from "../../../_server/gate.ts";
import { ROLE_WORDS } from "../../../_client/roles.ts";
import { Card, Facts } from "../../../_ui/card.tsx";
import { PasswordForm } from "./password-form.tsx";

export const metadata: Metadata = { title: "My account" };

/** Who one is here, and one's password. */
export default async function AccountPage() {
  const me = await requireRole("viewer");
  return (
    <div className="max-w-lg space-y-5">
      <Card title="You">
        <Facts
          facts={[
            { name: "Name", value: me.name },
            { name: "E-mail", value: <span className="break-all">{me.email}</span> },
            { name: "Role", value: `${ROLE_WORDS[me.role].name}. ${ROLE_WORDS[me.role].may}` },
          ]}
        />
      </Card>
      <PasswordForm />
    </div>
  );
}
