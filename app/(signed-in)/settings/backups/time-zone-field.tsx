"use client";

import { useState } from "react";
import { Combobox } from "../../../_ui/combobox.tsx";
import { Field } from "../../../_ui/field.tsx";
import { matchingZones } from "./settings-view.ts";

const ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

/** A time zone by its name, found by typing part of it. */
export function TimeZoneField({
  zone,
  error,
  onChange,
}: {
  zone: string;
  error: string | undefined;
  onChange: (zone: string) => void;
}) {
  const [typed, setTyped] = useState("");
  return (
    <Field label="Time zone" error={error}>
      <Combobox
        chosen={zone}
        options={matchingZones(ZONES, typed).map((name) => ({ id: name, text: name.replaceAll("_", " ") }))}
        loading={false}
        placeholder="Europe/Berlin"
        onSearch={setTyped}
        onChoose={(chosen) => {
          if (chosen !== null) onChange(chosen);
        }}
      />
    </Field>
  );
}
