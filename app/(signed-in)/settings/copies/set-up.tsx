"use client";

import { useState } from "react";
import type { OffsiteSettings } from "../../../../server/offsite/contract.ts";
import { UnsavedGuard } from "../../../_client/unsaved-guard.tsx";
import { Card } from "../../../_ui/card.tsx";
import { CheckStep } from "./check-step.tsx";
import type { KeyPair } from "./key.ts";
import { KeyStep } from "./key-step.tsx";
import { SaveStep } from "./save-step.tsx";
import type { StorageFields, StorageInput } from "./storage-form.ts";
import { fieldsOf } from "./storage-form.ts";
import { WhereStep } from "./where-step.tsx";

type Step = "where" | "key" | "check" | "save";

/** The set-up, step by step. What was entered and the key that was made stay as one goes back and forth, and go with this page. */
export function SetUp({ known, onDone }: { known: OffsiteSettings | null; onDone: () => void }) {
  const [step, setStep] = useState<Step>("where");
  const [fields, setFields] = useState<StorageFields>(() => fieldsOf(known?.storage ?? null));
  const [input, setInput] = useState<StorageInput | null>(null);
  const [made, setMade] = useState<KeyPair | null>(null);
  const [recipient, setRecipient] = useState<string | null>(null);
  const go = (to: Step) => () => {
    setStep(to);
  };
  return (
    <Card className="max-w-2xl">
      {step === "where" || input === null ? (
        <WhereStep
          known={known?.storage ?? null}
          fields={fields}
          onCancel={onDone}
          onTested={(tested, typed) => {
            setInput(tested);
            setFields(typed);
            setStep("key");
          }}
        />
      ) : step === "key" ? (
        <KeyStep
          known={known?.recipient ?? null}
          made={made}
          storage={input.storage}
          onMade={setMade}
          onForgotten={() => {
            setMade(null);
          }}
          onWritten={go("check")}
          onChosen={(chosen) => {
            setRecipient(chosen);
            setStep("save");
          }}
          onBack={go("where")}
        />
      ) : step === "check" && made !== null ? (
        <CheckStep
          identity={made.identity}
          onRight={() => {
            setRecipient(made.recipient);
            setStep("save");
          }}
          onBack={go("key")}
        />
      ) : recipient === null ? null : (
        <SaveStep input={input} recipient={recipient} onSaved={onDone} onBack={go("key")} />
      )}
      <UnsavedGuard when={input !== null} />
    </Card>
  );
}
