"use client";

import { Copy, Download } from "lucide-react";
import { identityGroups } from "../../../../server/offsite/contract.ts";
import type { Storage } from "../../../../server/offsite/contract.ts";
import { useFarm } from "../../../_client/farm.tsx";
import { AlertBanner } from "../../../_ui/alert-banner.tsx";
import { Button } from "../../../_ui/button.tsx";
import { useNotify } from "../../../_ui/notify.tsx";
import { copyText } from "../../../_update/copy-text.ts";
import { storageWords } from "./copies-view.ts";
import type { KeyPair } from "./key.ts";
import { keyFile } from "./key.ts";
import { StepHead } from "./step-head.tsx";

/** The key as it is to be kept: in groups to be written down, to be copied, or as a file. */
export function ShownKey({
  made,
  storage,
  onWritten,
  onBack,
}: {
  made: KeyPair;
  storage: Storage;
  onWritten: () => void;
  onBack: () => void;
}) {
  const { identity } = made;
  return (
    <div className="space-y-4">
      <StepHead step={2} title="Here is your key">
        <p>Keep it where this computer’s fire or thief does not get at it: on paper, or in your password manager.</p>
      </StepHead>
      <AlertBanner tone="warn" title="It is shown only now">
        <p>Nobody can read the copies without it, not even we. There is no other way in, and nobody whom you could ask for it.</p>
      </AlertBanner>
      <div className="rounded-box border border-edge bg-sunken p-3 font-mono">
        <p className="mb-2">AGE-SECRET-KEY-1</p>
        <ol className="grid grid-cols-3 gap-x-3 gap-y-2 sm:grid-cols-5" aria-label="The key in groups of four">
          {identityGroups(identity).map((group, index) => (
            <li key={index} className="flex items-baseline gap-2">
              <span aria-hidden="true" className="w-5 shrink-0 text-right text-sm text-muted select-none">
                {index + 1}
              </span>
              <span>{group}</span>
            </li>
          ))}
        </ol>
      </div>
      <KeepIt made={made} storage={storage} />
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" onClick={onWritten}>
          I have put it away
        </Button>
        <Button variant="quiet" onClick={onBack}>
          Take another key
        </Button>
      </div>
    </div>
  );
}

function KeepIt({ made, storage }: { made: KeyPair; storage: Storage }) {
  const { notify } = useNotify();
  const { farmName } = useFarm();
  const copy = async () => {
    if (await copyText(made.identity)) notify("The key is copied. Paste it where you keep it.");
    else notify("Your browser does not let us copy. Download it, or write it down.", "warn");
  };
  return (
    <div className="flex flex-wrap gap-2">
      <Button onClick={() => void copy()}>
        <Copy aria-hidden="true" className="size-4" />
        Copy
      </Button>
      <Button
        onClick={() => {
          save("filaops-copies-key.txt", keyFile(made, { farm: farmName, made: new Date(), where: storageWords(storage) }));
        }}
      >
        <Download aria-hidden="true" className="size-4" />
        Download
      </Button>
    </div>
  );
}

/** Gives a text to the browser as a download: it never leaves it. */
function save(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
