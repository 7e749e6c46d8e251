"use client";

import { useId, useRef, useState } from "react";
import { IMAGE_TYPES, imagePath, MOST_BYTES } from "../../../server/files/contract.ts";
import { Button } from "../../_ui/button.tsx";
import { Card } from "../../_ui/card.tsx";
import { FileButton } from "../../_ui/file-button.tsx";
import { useNotify } from "../../_ui/notify.tsx";
import { Picture } from "./picture.tsx";

/** Which picture the item will have: the stored one, none, or one that was chosen and is uploaded when the item is saved. */
export type PictureChoice = { sha256: string | null; chosen: File | null };

/** The item's picture: seen before it is saved, replaced, taken away. */
export function PictureField({ value, onChange }: { value: PictureChoice; onChange: (value: PictureChoice) => void }) {
  const { announce } = useNotify();
  const [error, setError] = useState<string | null>(null);
  // Not among the values: the form compares them at each key that is pressed, and this is as long as the picture.
  const [preview, setPreview] = useState<{ of: File; address: string } | null>(null);
  const choose = useRef<HTMLButtonElement | null>(null);
  const hint = useId();
  const stored = value.sha256 === null ? null : imagePath(value.sha256);
  const source = preview !== null && preview.of === value.chosen ? preview.address : stored;

  async function take(file: File): Promise<void> {
    const wrong = wrongWith(file);
    setError(wrong);
    if (wrong !== null) return;
    const address = await readAsAddress(file).catch(() => null);
    if (address === null) {
      setError("This file cannot be read.");
      return;
    }
    setPreview({ of: file, address });
    onChange({ ...value, chosen: file });
    announce(`${file.name} was chosen. It is kept when you save the item.`);
  }

  return (
    <Card title="Picture">
      <div className="flex flex-wrap items-center gap-4">
        <Picture source={source} alt="The item's picture" className="size-32" />
        <div className="min-w-0 flex-1 basis-52">
          <div className="flex flex-wrap gap-2">
            <FileButton
              ref={choose}
              accept={IMAGE_TYPES.join(",")}
              aria-describedby={hint}
              onChoose={([file]) => {
                if (file !== undefined) void take(file);
              }}
            >
              {source === null ? "Choose a picture" : "Replace picture"}
            </FileButton>
            {source === null ? null : (
              <Button
                variant="quiet"
                onClick={() => {
                  onChange({ sha256: null, chosen: null });
                  setError(null);
                  announce("The picture is taken away when you save the item.");
                  // This button goes; the focus must not fall with it.
                  choose.current?.focus();
                }}
              >
                Remove picture
              </Button>
            )}
          </div>
          <p id={hint} className="mt-2 text-sm text-muted">
            PNG, JPEG, WebP or GIF, at most {MOST_BYTES.image / 1_048_576} MB.
          </p>
          {error === null ? null : (
            <p role="alert" className="mt-1 text-sm font-medium text-danger">
              <span aria-hidden="true">▲ </span>
              {error}
            </p>
          )}
        </div>
      </div>
    </Card>
  );
}

/** What can be said before anything is sent; the server looks at the content itself. */
function wrongWith({ size, type }: File): string | null {
  if (size > MOST_BYTES.image) return `This picture is too large: at most ${MOST_BYTES.image / 1_048_576} MB.`;
  return IMAGE_TYPES.some((known) => known === type) ? null : "This is not a PNG, JPEG, WebP or GIF.";
}

/** The content as an address of its own: the content security policy lets a page show nothing else that is not on the server. */
function readAsAddress(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      resolve(reader.result as string);
    };
    reader.onerror = () => {
      reject(reader.error ?? new Error("the file cannot be read"));
    };
    reader.readAsDataURL(file);
  });
}
