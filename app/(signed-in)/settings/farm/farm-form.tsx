"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { updateSettingsInputSchema } from "../../../../server/accounts/contract.ts";
import { useFarm } from "../../../_client/farm.tsx";
import { FormFrame } from "../../../_client/form-frame.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useForm } from "../../../_client/use-form.ts";
import { useSaved } from "../../../_client/use-saved.ts";
import { Card } from "../../../_ui/card.tsx";
import { CurrencyOptions } from "../../../_ui/currency-options.tsx";
import { Field, Input, Select } from "../../../_ui/field.tsx";

/** The farm's name and currency. */
export function FarmForm() {
  const { farmName, currency } = useFarm();
  const trpc = useTRPC();
  const router = useRouter();
  const saved = useSaved();
  const update = useMutation(trpc.settings.update.mutationOptions());
  const form = useForm({
    initial: { farmName, currency },
    schema: updateSettingsInputSchema,
    save: async (input) => {
      await update.mutateAsync(input);
      // The name stands in the header, which the server renders.
      router.refresh();
      await saved({ changed: [trpc.settings.pathKey()], say: "The farm's settings were saved." });
    },
  });
  return (
    <FormFrame form={form} label="Farm" save="Save settings">
      <Card title="Farm" className="space-y-4">
        <Field label="Name" hint="It stands at the top of every page." error={form.errorOf("farmName")}>
          <Input
            value={form.values.farmName}
            onChange={(event) => {
              form.set("farmName", event.target.value);
            }}
          />
        </Field>
        <Field label="Currency" hint="Amounts keep their numbers: nothing is converted." error={form.errorOf("currency")}>
          <Select
            value={form.values.currency}
            onChange={(event) => {
              form.set("currency", event.target.value);
            }}
          >
            <CurrencyOptions chosen={currency} />
          </Select>
        </Field>
      </Card>
    </FormFrame>
  );
}
