import { describe, expect, it } from "vitest";
import { orderInputSchema } from "../../server/orders/contract.ts";
import { asSentence, issuesByPath, issueWords } from "./issue-words.ts";

const line = { item: null, description: "Bracket", quantity: "1", unitPrice: "2" };
const order = { customer: "7", status: "draft", placedAt: "2026-11-23T12:00:00.000Z", dueAt: null, notes: "", lines: [line] };

describe("issuesByPath", () => {
  it.each([
    ["no customer", { customer: undefined }, { customer: "Please fill this in." }],
    ["no line", { lines: [] }, { lines: "Please add a line." }],
    ["notes too long", { notes: "x".repeat(5001) }, { notes: "Please use at most 5000 characters." }],
    ["no price", { lines: [line, { ...line, unitPrice: "" }] }, { "lines.1.unitPrice": "Please enter an amount such as 12.50." }],
    ["nothing of it", { lines: [{ ...line, quantity: "0.00" }] }, { "lines.0.quantity": "Please enter more than zero." }],
    ["no day", { placedAt: undefined }, { placedAt: "Please fill this in." }],
  ])("%s", (_case, change, words) => {
    const { error } = orderInputSchema.safeParse({ ...order, ...change }, { error: issueWords });
    expect(error && issuesByPath(error)).toEqual(words);
  });
});

describe("asSentence", () => {
  it.each([
    ["an amount such as 12.50", "Please enter an amount such as 12.50."],
    ["no line breaks here", "No line breaks here."],
    ["Please enter a name.", "Please enter a name."],
  ])("%j becomes %j", (message, sentence) => {
    expect(asSentence(message)).toBe(sentence);
  });
});
