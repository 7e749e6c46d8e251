"use client";

import { useQuery } from "@tanstack/react-query";
import { imagePath } from "../../../server/files/contract.ts";
import type { Item } from "../../../server/items/contract.ts";
import { useCanEdit } from "../../_client/farm.tsx";
import { LoadProblem } from "../../_client/list-view.tsx";
import { amountWords, Money } from "../../_client/numbers.tsx";
import { useTRPC } from "../../_client/trpc.tsx";
import { Badge } from "../../_ui/badge.tsx";
import { LinkButton } from "../../_ui/button.tsx";
import { Card, Facts } from "../../_ui/card.tsx";
import { PageHead } from "../../_ui/page-head.tsx";
import { DetailSkeleton } from "../../_ui/skeleton.tsx";
import { Time } from "../../_ui/time.tsx";
import { Picture } from "./picture.tsx";

const BACK = { href: "/items", text: "Items" };

/** One item. */
export function ItemDetail({ id }: { id: string }) {
  const canEdit = useCanEdit();
  const query = useQuery(useTRPC().items.get.queryOptions({ id }));
  if (query.isPending) return <DetailSkeleton label="Loading the item" />;
  if (query.data === undefined) {
    return (
      <>
        <PageHead title="Item" back={BACK} />
        <LoadProblem error={query.error} onAgain={() => void query.refetch()} />
      </>
    );
  }
  const item = query.data;
  return (
    <>
      <PageHead
        title={item.name}
        back={BACK}
        badge={<ItemBadge item={item} />}
        {...(canEdit
          ? {
              actions: (
                <LinkButton variant="primary" href={`/items/${id}/edit`}>
                  Edit item
                </LinkButton>
              ),
            }
          : {})}
      />
      <div className="grid gap-5 lg:grid-cols-2">
        <Card title="What it is">
          <div className="flex flex-col gap-4 sm:flex-row-reverse sm:justify-between">
            {item.imageSha256 === null ? null : (
              <Picture
                source={imagePath(item.imageSha256)}
                alt={`Picture of ${item.name}`}
                className="h-56 w-full sm:size-44 sm:shrink-0"
              />
            )}
            <div className="min-w-0">
              <Facts facts={description(item)} />
            </div>
          </div>
        </Card>
        <Card title="Price and stock">
          <Facts facts={numbers(item)} />
        </Card>
      </div>
    </>
  );
}

function ItemBadge({ item }: { item: Item }) {
  if (!item.active) return <Badge>No longer sold</Badge>;
  return item.low ? <Badge tone="warn">Low stock</Badge> : null;
}

function description(item: Item) {
  const none = <span className="text-muted">none</span>;
  return [
    { name: "SKU", value: item.sku },
    { name: "Material", value: item.material === "" ? none : item.material },
    { name: "Counted in", value: item.unit },
    { name: "Description", value: item.description === "" ? none : item.description },
    { name: "Last changed", value: <Time at={item.updatedAt} /> },
  ];
}

function numbers(item: Item) {
  return [
    { name: "Selling price", value: <Money amount={item.sellingPrice} /> },
    { name: "Cost", value: <Money amount={item.standardCost} /> },
    { name: "In stock", value: amountWords(item.onHand, item.unit) },
    { name: "Low at", value: amountWords(item.reorderPoint, item.unit) },
  ];
}
