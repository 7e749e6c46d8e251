"use client";

import { useMutation } from "@tanstack/react-query";
import { File, FileImage, FileText } from "lucide-react";
import { attachmentPath, MOST_BYTES, tidyFileName } from "../../../server/files/contract.ts";
import type { Attachment, Order } from "../../../server/orders/contract.ts";
import { useCanEdit } from "../../_client/farm.tsx";
import { problemOf } from "../../_client/problem.ts";
import { useTRPC } from "../../_client/trpc.tsx";
import { uploadFile } from "../../_client/upload.ts";
import { useSaved } from "../../_client/use-saved.ts";
import { bytes } from "../../_update/words.ts";
import { FileLink } from "../../_ui/button.tsx";
import { Card } from "../../_ui/card.tsx";
import { FileButton } from "../../_ui/file-button.tsx";
import { ProblemBanner } from "../../_ui/problem-banner.tsx";
import { Time } from "../../_ui/time.tsx";
import { RemoveAttachment } from "./remove-attachment.tsx";

/** The files that go with an order: added, kept on one's own computer, taken away. */
export function Attachments({ order }: { order: Pick<Order, "id" | "attachments"> }) {
  const canEdit = useCanEdit();
  const add = useAdd(order.id);
  if (!canEdit && order.attachments.length === 0) return null;
  const action = canEdit ? (
    <FileButton
      size="small"
      multiple
      busy={add.isPending}
      onChoose={(files) => {
        add.mutate(files);
      }}
    >
      {add.isPending ? "Adding…" : "Add files"}
    </FileButton>
  ) : undefined;
  return (
    <Card title="Files" {...(action === undefined ? {} : { action })}>
      {add.isError ? (
        <div className="mb-3">
          <ProblemBanner problem={problemOf(add.error)} />
        </div>
      ) : null}
      {order.attachments.length === 0 ? (
        <p className="text-muted">
          Drawings, models, the customer&rsquo;s order: what belongs to this order. At most {MOST_BYTES.attachment / 1_048_576} MB
          each.
        </p>
      ) : (
        <ul aria-label="Files" className="divide-y divide-line">
          {order.attachments.map((attachment) => (
            <Row key={attachment.id} order={order.id} attachment={attachment} canEdit={canEdit} />
          ))}
        </ul>
      )}
    </Card>
  );
}

/** One after the other: what came before one that is refused is kept. */
function useAdd(order: string) {
  const trpc = useTRPC();
  const saved = useSaved();
  const name = useMutation(trpc.orders.addAttachment.mutationOptions());
  const addAll = async (files: File[]) => {
    const added: Attachment[] = [];
    try {
      for (const file of files) {
        const { sha256 } = await uploadFile(file, "attachment");
        added.push(await name.mutateAsync({ id: order, sha256, fileName: tidyFileName(file.name) }));
      }
    } finally {
      const say = added.length === 1 ? `${added[0]?.fileName ?? ""} was added.` : `${added.length} files were added.`;
      if (added.length > 0) await saved({ changed: [trpc.orders.pathKey()], say });
    }
  };
  return useMutation({ mutationFn: addAll });
}

function Row({ order, attachment, canEdit }: { order: string; attachment: Attachment; canEdit: boolean }) {
  return (
    <li className="flex items-center gap-3 py-2 first:pt-0 last:pb-0">
      <span className="text-muted">
        <FileIcon contentType={attachment.contentType} />
      </span>
      <div className="min-w-0 flex-1">
        <FileLink href={attachmentPath(attachment.id)} className="wrap-anywhere">
          {attachment.fileName}
        </FileLink>
        <p className="text-sm text-muted">
          {bytes(attachment.bytes)} · <Time at={attachment.createdAt} />
          {attachment.createdBy === null ? null : ` · ${attachment.createdBy}`}
        </p>
      </div>
      {canEdit ? <RemoveAttachment order={order} attachment={attachment} /> : null}
    </li>
  );
}

function FileIcon({ contentType }: { contentType: string }) {
  const look = { "aria-hidden": true, className: "size-5 shrink-0" };
  if (contentType.startsWith("image/")) return <FileImage {...look} />;
  return contentType === "application/pdf" ? <FileText {...look} /> : <File {...look} />;
}
