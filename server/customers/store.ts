import type { Db } from "../platform/db.ts";
import type { Prisma } from "../platform/generated/prisma/client.ts";
import { containing } from "../platform/search.ts";
import type { Customer, CustomerInput, CustomerPage, ListCustomersInput } from "./contract.ts";

const SELECT = {
  id: true,
  number: true,
  name: true,
  email: true,
  phone: true,
  address: true,
  notes: true,
  createdAt: true,
  updatedAt: true,
} satisfies Prisma.CustomerSelect;

/** One page of the customers, and how many the search finds in all. */
export async function findCustomers(db: Db, input: ListCustomersInput): Promise<CustomerPage> {
  const where = searchFor(input.search);
  const [rows, total] = await Promise.all([
    db.customer.findMany({
      where,
      select: SELECT,
      // The id behind it makes the order whole, so that no row stands on two pages.
      orderBy: [{ [input.sort]: input.direction }, { id: "asc" }],
      skip: (input.page - 1) * input.pageSize,
      take: input.pageSize,
    }),
    db.customer.count({ where }),
  ]);
  return { rows: rows.map(toCustomer), total, page: input.page, pageSize: input.pageSize };
}

export async function findCustomer(db: Db, id: string): Promise<Customer | null> {
  const row = await db.customer.findUnique({ where: { id: BigInt(id) }, select: SELECT });
  return row === null ? null : toCustomer(row);
}

export async function insertCustomer(db: Db, data: CustomerInput): Promise<Customer> {
  return toCustomer(await db.customer.create({ data, select: SELECT }));
}

/** `null` when there is no such customer. */
export async function changeCustomer(db: Db, id: string, data: CustomerInput): Promise<Customer | null> {
  const [row] = await db.customer.updateManyAndReturn({ where: { id: BigInt(id) }, data, select: SELECT });
  return row === undefined ? null : toCustomer(row);
}

function searchFor(search: string): Prisma.CustomerWhereInput {
  if (search === "") return {};
  const contains = containing(search);
  return { OR: [{ number: contains }, { name: contains }, { email: contains }, { phone: contains }] };
}

type Row = Prisma.CustomerGetPayload<{ select: typeof SELECT }>;

function toCustomer({ id, createdAt, updatedAt, ...rest }: Row): Customer {
  return { ...rest, id: String(id), createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
