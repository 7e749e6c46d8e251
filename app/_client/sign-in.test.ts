import { describe, expect, it } from "vitest";
import { safeReturnAddress } from "./sign-in.ts";

describe("safeReturnAddress", () => {
  it.each([
    [null, "/"],
    ["", "/"],
    ["/orders/7?x=1#lines", "/orders/7?x=1#lines"],
    ["orders", "/"],
    ["https://evil.example/", "/"],
    ["//evil.example/", "/"],
    ["/\\evil.example/", "/"], // browsers read a backslash as a slash
    ["/\t/evil.example/", "/"], // and leave out tabs
    ["javascript:alert(1)", "/"],
  ])("%j leads to %j", (asked, address) => {
    expect(safeReturnAddress(asked, "http://farm.local:3000")).toBe(address);
  });
});
