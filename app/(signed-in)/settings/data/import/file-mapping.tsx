"use client";

import type { ForeignFile, Mapping, MappedEntity } from "../../../../../server/imports/contract.ts";
import { MAPPABLE } from "../../../../../server/imports/contract.ts";
import type { OrderStatus } from "../../../../../server/orders/contract.ts";
import { Checkbox, Field, Select } from "../../../../_ui/field.tsx";
import { ENTITY_CHOICES, labelOf } from "./import-view.ts";

type Props = {
  file: ForeignFile;
  statuses: OrderStatus[];
  unknownStatuses: string[];
  mapping: Mapping;
  onChange: (mapping: Mapping) => void;
};

/** One file: what it is about, and for each of our columns which of its own. */
export function FileMapping({ file, statuses, unknownStatuses, mapping, onChange }: Props) {
  const { entity, columns } = mapping;
  return (
    <fieldset className="space-y-4">
      <legend className="font-semibold wrap-anywhere">{file.name}</legend>
      <Field label="The file is about">
        <Select
          value={entity}
          onChange={(event) => {
            const chosen = ENTITY_CHOICES.find(({ value }) => value === event.target.value)?.value;
            if (chosen !== undefined) onChange({ ...mapping, entity: chosen, columns: kept(columns, chosen) });
          }}
        >
          {ENTITY_CHOICES.map(({ value, text }) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </Select>
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        {MAPPABLE[entity].map(({ name, needed }) => (
          <Field key={name} label={labelOf(name)} optional={!needed} hint={exampleOf(file, columns[name])}>
            <Select
              required={needed}
              value={columns[name] ?? ""}
              onChange={(event) => {
                onChange({ ...mapping, columns: withColumn(columns, name, event.target.value) });
              }}
            >
              <option value="">{needed ? "Choose a column" : "Not in the file"}</option>
              {file.headers.map((header) => (
                <option key={header} value={header}>
                  {header}
                </option>
              ))}
            </Select>
          </Field>
        ))}
      </div>
      {entity === "orders" ? (
        <>
          <Checkbox
            label="Make customers who are not here yet"
            hint="With what the orders call them as their name."
            checked={mapping.createCustomers}
            onChange={(event) => {
              onChange({ ...mapping, createCustomers: event.target.checked });
            }}
          />
          <StatusChoices words={wordsOf(mapping, unknownStatuses)} statuses={statuses} mapping={mapping} onChange={onChange} />
        </>
      ) : null}
    </fieldset>
  );
}

function StatusChoices({ words, statuses, mapping, onChange }: Omit<Props, "file" | "unknownStatuses"> & { words: string[] }) {
  if (words.length === 0) return null;
  return (
    <fieldset className="grid gap-4 sm:grid-cols-2">
      <legend className="mb-2 font-medium">What these statuses mean here</legend>
      {words.map((word) => (
        <Field key={word} label={word}>
          <Select
            value={mapping.statuses[word] ?? ""}
            onChange={(event) => {
              onChange({ ...mapping, statuses: withColumn(mapping.statuses, word, event.target.value) });
            }}
          >
            <option value="">Choose a status</option>
            {statuses.map(({ code, label }) => (
              <option key={code} value={code}>
                {label}
              </option>
            ))}
          </Select>
        </Field>
      ))}
    </fieldset>
  );
}

function wordsOf({ statuses }: Mapping, unknown: string[]): string[] {
  return [...new Set([...unknown, ...Object.keys(statuses)])];
}

/** What stands in the column, so that one sees whether it is the right one. */
function exampleOf({ headers, sample }: ForeignFile, header: string | undefined): string {
  const at = header === undefined ? -1 : headers.indexOf(header);
  const examples = at === -1 ? [] : sample.flatMap((row) => (row[at] === undefined || row[at] === "" ? [] : [row[at]]));
  return examples.length === 0 ? " " : `For example: ${examples.slice(0, 2).join(" · ")}`;
}

function withColumn(columns: Record<string, string>, name: string, header: string): Record<string, string> {
  const others = Object.entries(columns).filter(([each]) => each !== name);
  return Object.fromEntries(header === "" ? others : [...others, [name, header]]);
}

function kept(columns: Record<string, string>, entity: MappedEntity): Record<string, string> {
  const names = new Set(MAPPABLE[entity].map(({ name }) => name));
  return Object.fromEntries(Object.entries(columns).filter(([name]) => names.has(name)));
}
