"use client";

import { useState } from "react";
import { z } from "zod";
import type { Storage } from "../../../../server/offsite/contract.ts";
import { recipientSchema } from "../../../../server/offsite/contract.ts";
import { useForm } from "../../../_client/use-form.ts";
import { Button } from "../../../_ui/button.tsx";
import { Field, Input } from "../../../_ui/field.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";
import type { KeyPair } from "./key.ts";
import { makeKey } from "./key.ts";
import { ShownKey } from "./shown-key.tsx";
import { StepHead } from "./step-head.tsx";

type Ways = {
  /** The recipient that copies are encrypted to by now. */
  known: string | null;
  onMade: (key: KeyPair) => void;
  onChosen: (recipient: string) => void;
  onBack: () => void;
};

/** The key: a new one, made in this browser and shown, or one that the farm has already. */
export function KeyStep({
  made,
  storage,
  onWritten,
  onForgotten,
  ...ways
}: Ways & {
  made: KeyPair | null;
  storage: Storage;
  onWritten: () => void;
  /** The key that was made shall not be the one. */
  onForgotten: () => void;
}) {
  return made === null ? (
    <Choose {...ways} />
  ) : (
    <ShownKey made={made} storage={storage} onWritten={onWritten} onBack={onForgotten} />
  );
}

function Choose({ known, onMade, onChosen, onBack }: Ways) {
  const [pasting, setPasting] = useState(false);
  if (pasting) {
    return (
      <Paste
        onChosen={onChosen}
        onBack={() => {
          setPasting(false);
        }}
      />
    );
  }
  return (
    <div>
      <StepHead step={2} title="The key to your copies">
        <p>
          Before a copy leaves this computer it is encrypted, so that your provider can read nothing of it. The key that opens it
          is made now, in this browser, and is <strong>never sent anywhere</strong>, not to FilaOps either.
        </p>
        <p>
          You will see it once. <strong>Nobody can read the copies without it, not even we</strong>: have a pen, a printer or your
          password manager at hand.
        </p>
      </StepHead>
      <div className="flex flex-wrap gap-2">
        {known === null ? null : (
          <Button
            variant="primary"
            onClick={() => {
              onChosen(known);
            }}
          >
            Keep the key you have
          </Button>
        )}
        <MakeKey variant={known === null ? "primary" : "secondary"} onMade={onMade} />
        <Button
          onClick={() => {
            setPasting(true);
          }}
        >
          I have a key already
        </Button>
        <Button variant="quiet" onClick={onBack}>
          Back
        </Button>
      </div>
    </div>
  );
}

function MakeKey({ variant, onMade }: { variant: "primary" | "secondary"; onMade: (key: KeyPair) => void }) {
  const [phase, setPhase] = useState<"ready" | "making" | "failed">("ready");
  const make = async () => {
    setPhase("making");
    try {
      onMade(await makeKey());
    } catch {
      setPhase("failed");
    }
  };
  return (
    <>
      <Button variant={variant} busy={phase === "making"} onClick={() => void make()}>
        {phase === "making" ? "Making the key …" : "Make a new key"}
      </Button>
      {phase !== "failed" ? null : (
        <ProblemBanner
          problem={{
            happened: "Your browser could not make a key.",
            meaning: "Nothing was set up or changed.",
            todo: "Look whether you are still connected, then try again; if it stays so, use another browser.",
          }}
        />
      )}
    </>
  );
}

const pasteSchema = z.object({
  recipient: z
    .string()
    .trim()
    .refine(
      (text) => !/age-secret-key/i.test(text),
      "this is the secret half. Keep it to yourself, and paste the public one: age1…",
    )
    .pipe(recipientSchema),
});

function Paste({ onChosen, onBack }: { onChosen: (recipient: string) => void; onBack: () => void }) {
  const form = useForm({
    initial: { recipient: "" },
    schema: pasteSchema,
    save: ({ recipient }) => {
      onChosen(recipient);
      return Promise.resolve();
    },
  });
  return (
    <form {...form.formProps} aria-label="A key that you have" className="space-y-4">
      <StepHead step={2} title="A key that you have already">
        <p>
          If you use age, or set up copies before, paste the public half of that key. Be sure that you still have its secret half:
          nobody can read the copies without it, not even we.
        </p>
      </StepHead>
      <Field label="Public key" hint="It begins with age1." error={form.errorOf("recipient")}>
        <Input
          name="recipient"
          className="font-mono"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={form.values.recipient}
          onChange={(event) => {
            form.set("recipient", event.target.value);
          }}
        />
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary">
          Use this key
        </Button>
        <Button variant="quiet" onClick={onBack}>
          Back
        </Button>
      </div>
    </form>
  );
}
