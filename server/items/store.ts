import { brokenConstraint } from "../platform/db-errors.ts";
import type { Db } from "../platform/db.ts";
import { FieldError } from "../platform/field-error.ts";
import type { Prisma } from "../platform/generated/prisma/client.ts";
import { containing } from "../platform/search.ts";
import type { Item, ItemInput, ItemPage, ListItemsInput } from "./contract.ts";

const SELECT = {
  id: true,
  sku: true,
  name: true,
  description: true,
  material: true,
  unit: true,
  sellingPrice: true,
  standardCost: true,
  onHand: true,
  reorderPoint: true,
  active: true,
  imageSha256: true,
  createdAt: true,
  updatedAt: true,
} satisfies Prisma.ItemSelect;

/** One page of the items, and how many the search finds in all. */
export async function findItems(db: Db, input: ListItemsInput): Promise<ItemPage> {
  const where = { ...searchFor(input.search), ...shown(db, input.show) };
  const [rows, total] = await Promise.all([
    db.item.findMany({
      where,
      select: SELECT,
      orderBy: [{ [input.sort]: input.direction }, { id: "asc" }],
      skip: (input.page - 1) * input.pageSize,
      take: input.pageSize,
    }),
    db.item.count({ where }),
  ]);
  return { rows: rows.map(toItem), total, page: input.page, pageSize: input.pageSize };
}

export async function findItem(db: Db, id: string): Promise<Item | null> {
  const row = await db.item.findUnique({ where: { id: BigInt(id) }, select: SELECT });
  return row === null ? null : toItem(row);
}

/** Throws `already-taken` for an SKU that another item has. */
export async function insertItem(db: Db, data: ItemInput): Promise<Item> {
  return toItem(await skuTaken(db.item.create({ data, select: SELECT })));
}

/** `null` when there is no such item; throws `already-taken`. */
export async function changeItem(db: Db, id: string, data: ItemInput): Promise<Item | null> {
  const [row] = await skuTaken(db.item.updateManyAndReturn({ where: { id: BigInt(id) }, data, select: SELECT }));
  return row === undefined ? null : toItem(row);
}

async function skuTaken<T>(saved: Promise<T>): Promise<T> {
  try {
    return await saved;
  } catch (error) {
    if (brokenConstraint(error)?.name !== "items_sku_key") throw error;
    throw new FieldError("sku", { code: "already-taken", details: { what: "SKU" } }, { cause: error });
  }
}

function shown(db: Db, show: ListItemsInput["show"]): Prisma.ItemWhereInput {
  switch (show) {
    case "all":
      return {};
    case "active":
      return { active: true };
    case "low":
      return { active: true, onHand: { lte: db.item.fields.reorderPoint } };
  }
}

function searchFor(search: string): Prisma.ItemWhereInput {
  if (search === "") return {};
  const contains = containing(search);
  return { OR: [{ sku: contains }, { name: contains }, { material: contains }] };
}

type Row = Prisma.ItemGetPayload<{ select: typeof SELECT }>;

function toItem({ id, sellingPrice, standardCost, onHand, reorderPoint, createdAt, updatedAt, ...rest }: Row): Item {
  return {
    ...rest,
    id: String(id),
    sellingPrice: sellingPrice.toFixed(2),
    standardCost: standardCost.toFixed(4),
    onHand: onHand.toFixed(3),
    reorderPoint: reorderPoint.toFixed(3),
    low: onHand.lessThanOrEqualTo(reorderPoint),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
