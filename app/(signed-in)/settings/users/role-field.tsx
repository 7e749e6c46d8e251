"use client";

import { roleSchema } from "../../../../server/accounts/contract.ts";
import type { Role } from "../../../../server/accounts/contract.ts";
import { ROLE_WORDS } from "../../../_client/roles.ts";
import { Field, Select } from "../../../_ui/field.tsx";

/** Chooses a role and says what it may do. */
export function RoleField({
  role,
  error,
  disabled = false,
  onChange,
}: {
  role: Role;
  error: string | undefined;
  disabled?: boolean;
  onChange: (role: Role) => void;
}) {
  return (
    <Field label="Role" hint={ROLE_WORDS[role].may} error={error}>
      <Select
        value={role}
        disabled={disabled}
        onChange={(event) => {
          onChange(roleSchema.parse(event.target.value));
        }}
      >
        {roleSchema.options.map((option) => (
          <option key={option} value={option}>
            {ROLE_WORDS[option].name}
          </option>
        ))}
      </Select>
    </Field>
  );
}
