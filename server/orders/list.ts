import type { Db } from "../platform/db.ts";
import type { Prisma } from "../platform/generated/prisma/client.ts";
import { containing } from "../platform/search.ts";
import type { ListOrdersInput, OrderPage } from "./contract.ts";
import { HEAD, toHead } from "./store.ts";

/** One page of the orders, and how many there are in all that match. */
export async function listOrders(db: Db, input: ListOrdersInput): Promise<OrderPage> {
  const where = wanted(input);
  const [rows, total] = await Promise.all([
    db.order.findMany({
      where,
      select: { ...HEAD, _count: { select: { lines: true } } },
      orderBy: [sorted(input), { id: input.direction }],
      skip: (input.page - 1) * input.pageSize,
      take: input.pageSize,
    }),
    db.order.count({ where }),
  ]);
  return {
    rows: rows.map((row) => ({ ...toHead(row), lineCount: row._count.lines })),
    total,
    page: input.page,
    pageSize: input.pageSize,
  };
}

function wanted({ search, status, customer }: ListOrdersInput): Prisma.OrderWhereInput {
  const contains = containing(search);
  return {
    ...(search === "" ? {} : { OR: [{ number: contains }, { customer: { OR: [{ name: contains }, { number: contains }] } }] }),
    ...(status === "" ? {} : { statusCode: status }),
    ...(customer === "" ? {} : { customerId: BigInt(customer) }),
  };
}

function sorted({ sort, direction }: ListOrdersInput): Prisma.OrderOrderByWithRelationInput {
  if (sort === "customer") return { customer: { name: direction } };
  // Orders without a due date come last, whichever way one looks.
  return sort === "dueAt" ? { dueAt: { sort: direction, nulls: "last" } } : { [sort]: direction };
}
