"use client";

import { useMutation } from "@tanstack/react-query";
import { exportOptionsSchema } from "../../../../server/exports/contract.ts";
import type { ExportOptions } from "../../../../server/exports/contract.ts";
import { useFarm } from "../../../_client/farm.tsx";
import { FormBody } from "../../../_client/form-body.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useForm } from "../../../_client/use-form.ts";
import { Button } from "../../../_ui/button.tsx";
import { Card } from "../../../_ui/card.tsx";
import { Checkbox, Field, Select } from "../../../_ui/field.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";
import { useRefreshExports } from "./use-exports.ts";

const INITIAL: ExportOptions = { format: "csv", forExcel: false, withFiles: false, withAccounts: false };

/** What to export, and the button that begins it. */
export function ExportForm() {
  const { role } = useFarm().me;
  const refresh = useRefreshExports();
  const start = useMutation(useTRPC().exports.start.mutationOptions());
  const form = useForm({
    initial: INITIAL,
    schema: exportOptionsSchema,
    save: async (options) => {
      // A mark for Excel is of no use to any other format.
      await start.mutateAsync({ ...options, forExcel: options.forExcel && options.format === "csv" });
      await refresh();
    },
  });
  const { values, set } = form;
  const box = (key: "forExcel" | "withFiles" | "withAccounts") => ({
    checked: values[key],
    onChange: (event: { target: { checked: boolean } }) => {
      set(key, event.target.checked);
    },
  });
  return (
    <Card title="Export your data">
      <p className="mb-4 max-w-prose text-muted">
        All customers, items and orders with their lines, as they are at this moment, in one file to keep or to take elsewhere.
        Everybody can go on working.
      </p>
      <form {...form.formProps} aria-label="Export your data" className="space-y-4">
        {form.problem === null ? null : <ProblemBanner problem={form.problem} />}
        <FormBody saving={form.saving} className="space-y-3">
          <Field label="Format" className="max-w-sm">
            <Select
              value={values.format}
              onChange={(event) => {
                set("format", event.target.value === "jsonl" ? "jsonl" : "csv");
              }}
            >
              <option value="csv">CSV, for spreadsheets</option>
              <option value="jsonl">JSON Lines, for programs</option>
            </Select>
          </Field>
          {values.format === "csv" ? (
            <Checkbox
              label="For Excel"
              hint="Adds a mark by which Excel shows ä, ß and € as they are. Other programs do not need it."
              {...box("forExcel")}
            />
          ) : null}
          <Checkbox label="With pictures and attachments" hint="The file becomes as large as they are." {...box("withFiles")} />
          {role === "owner" ? (
            <Checkbox
              label="With users and settings"
              hint="Never with passwords or API tokens. Only an owner can download such an export."
              {...box("withAccounts")}
            />
          ) : null}
        </FormBody>
        <Button type="submit" variant="primary" busy={form.saving}>
          {form.saving ? "Starting…" : "Export"}
        </Button>
      </form>
    </Card>
  );
}
