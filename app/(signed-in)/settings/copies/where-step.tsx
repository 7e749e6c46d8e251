"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Storage, StorageTest } from "../../../../server/offsite/contract.ts";
import { FormBody } from "../../../_client/form-body.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import type { Form } from "../../../_client/use-form.ts";
import { useForm } from "../../../_client/use-form.ts";
import { AlertBanner } from "../../../_ui/alert-banner.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Field, Input } from "../../../_ui/field.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";
import { testWords } from "./copies-view.ts";
import { ProviderHints } from "./provider-hints.tsx";
import { StepHead } from "./step-head.tsx";
import type { StorageFields, StorageInput } from "./storage-form.ts";
import { readFields, regionFromAddress, storageInputSchema } from "./storage-form.ts";

type Tested = { fields: StorageFields; input: StorageInput; result: StorageTest };

/** Where copies shall go: nobody goes on before it was tried. */
export function WhereStep({
  known,
  fields,
  onTested,
  onCancel,
}: {
  known: Storage | null;
  fields: StorageFields;
  onTested: (input: StorageInput, fields: StorageFields) => void;
  onCancel: () => void;
}) {
  const test = useMutation(useTRPC().backups.testOffsite.mutationOptions());
  const [tested, setTested] = useState<Tested | null>(null);
  const form = useForm({
    initial: fields,
    schema: storageInputSchema(known),
    read: (values) => readFields(values, known),
    save: async (input) => {
      setTested(null);
      const result = await test.mutateAsync(input);
      setTested({ fields: form.values, input, result });
    },
  });
  // What was tried is no news of what was typed since.
  const works = tested !== null && !form.saving && JSON.stringify(tested.fields) === JSON.stringify(form.values) ? tested : null;
  return (
    <form {...form.formProps} aria-label="Where copies go" className="space-y-4">
      <StepHead step={1} title="Where shall copies go?">
        <p>
          Any storage that speaks S3 will do. At your provider, make a bucket for the copies and an access key that may read,
          write, list and delete in it. Choose one in another house than this computer.
        </p>
        <ProviderHints />
      </StepHead>
      <FormBody saving={form.saving} className="space-y-4">
        <StorageFieldset form={form} keepsSecret={known?.kind === "s3"} />
      </FormBody>
      {form.problem === null ? null : <ProblemBanner problem={form.problem} />}
      {works === null ? null : (
        <AlertBanner tone="good" role="status" title="It works">
          <p className="wrap-anywhere">{testWords(works.result, works.input.storage)}</p>
        </AlertBanner>
      )}
      <div className="flex flex-wrap gap-2">
        {works === null ? null : (
          <Button
            variant="primary"
            onClick={() => {
              onTested(works.input, works.fields);
            }}
          >
            Go on to the key
          </Button>
        )}
        <Button type="submit" variant={works === null ? "primary" : "secondary"} busy={form.saving}>
          {form.saving ? "Trying it …" : works === null ? "Send a test" : "Send a test again"}
        </Button>
        <Button variant="quiet" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

function StorageFieldset({ form, keepsSecret }: { form: Form<StorageFields>; keepsSecret: boolean }) {
  const text = (key: keyof StorageFields) => ({
    name: `storage-${key}`,
    autoComplete: "off",
    autoCapitalize: "none",
    spellCheck: false,
    value: form.values[key],
    onChange: (event: { target: { value: string } }) => {
      form.set(key, event.target.value, key === "secret" ? key : `storage.${key}`);
    },
  });
  const error = (key: keyof StorageFields) => form.errorOf(`storage.${key}`);
  const fillInRegion = () => {
    const region = regionFromAddress(form.values.endpoint);
    if (region !== null && form.values.region === "") form.set("region", region, "storage.region");
  };
  return (
    <>
      <Field label="Address" hint="Of the storage, without the bucket: https://…" error={error("endpoint")}>
        <Input {...text("endpoint")} inputMode="url" onBlur={fillInRegion} />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Region" hint="Often a part of the address." error={error("region")}>
          <Input {...text("region")} />
        </Field>
        <Field label="Bucket" hint="It must be there already." error={error("bucket")}>
          <Input {...text("bucket")} />
        </Field>
      </div>
      <Field label="Folder" optional hint="In the bucket, if something else lies in it as well." error={error("prefix")}>
        <Input {...text("prefix")} />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Access key" hint="Also called key ID." error={error("accessKeyId")}>
          <Input {...text("accessKeyId")} />
        </Field>
        <Field
          label="Secret"
          hint={keepsSecret ? "Empty keeps the one that is known." : "It comes with the access key."}
          error={form.errorOf("secret")}
        >
          <Input {...text("secret")} type="password" autoComplete="new-password" />
        </Field>
      </div>
    </>
  );
}
