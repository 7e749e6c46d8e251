"use client";

import { Field, Input } from "../_ui/field.tsx";

type Ends = "from" | "to";

/** Two times of day; where the second is the earlier one, the span goes over midnight. */
export function TimeSpanFields({
  values,
  errorOf,
  onChange,
}: {
  values: Record<Ends, string>;
  errorOf: (key: Ends) => string | undefined;
  onChange: (key: Ends, time: string) => void;
}) {
  return (
    <div className="grid grid-cols-2 gap-4">
      {(["from", "to"] as const).map((key) => (
        <Field key={key} label={key === "from" ? "From" : "To"} error={errorOf(key)}>
          <Input
            type="time"
            value={values[key]}
            onChange={(event) => {
              onChange(key, event.target.value);
            }}
          />
        </Field>
      ))}
    </div>
  );
}
