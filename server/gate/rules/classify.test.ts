import { expect, it } from "vitest";
import { classify, isUpload } from "./classify.ts";

it.each([
  ["GET", "/", "read"],
  ["HEAD", "/orders?page=2", "read"],
  ["OPTIONS", "/api/v1/orders", "read"],
  ["GET", "/api/trpc/orders.list?batch=1", "read"],
  ["POST", "/", "write"],
  ["PUT", "/api/v1/orders/7", "write"],
  ["PATCH", "/api/v1/orders/7", "write"],
  ["DELETE", "/api/v1/orders/7", "write"],
  ["TRACE", "/", "write"],
  ["PROPFIND", "/", "write"],
  ["POST", "/api/auth/callback/credentials", "read"],
  ["POST", "/api/auth/signout?x=1", "read"],
  ["PUT", "/api/auth/signout", "write"],
  ["POST", "/api/auth", "write"],
  ["POST", "/api/auth/", "write"],
  ["POST", "/api/auth/../trpc/orders.create", "write"],
  ["POST", "/api/auth/%2e%2e/trpc/orders.create", "write"],
  ["POST", "/api/auth//x", "write"],
  ["POST", "/api/auth\\..\\trpc", "write"],
  ["POST", "/x?/api/auth/signout", "write"],
  ["POST", "/api/trpc/updates.cancel", "read"],
  ["POST", "/api/trpc/updates.cancel?batch=1", "read"],
  ["POST", "/api/trpc/updates.cancel,orders.create?batch=1", "write"],
  ["POST", "/api/trpc/orders.create,updates.cancel?batch=1", "write"],
  ["POST", "/api/trpc/updates.cancelAll", "write"],
  ["POST", "/api/trpc/updatesXcancel", "write"],
  ["POST", "/api/trpc/updates.start", "write"],
  ["POST", "/api/v1/system/updates/cancel", "read"],
  ["POST", "/api/v1/system/updates/cancel/x", "write"],
  ["GET", "/_upgrade", "upgrade-page"],
  ["GET", "/_upgrade/status", "upgrade-page"],
  ["POST", "/_upgrade/events", "upgrade-page"],
  ["GET", "/_upgraded", "read"],
])("%s %s is a %s", (method, target, kind) => {
  expect(classify({ method, target, accept: "*/*" })).toBe(kind);
});

it.each([
  ["GET", "text/event-stream", "stream"],
  ["GET", "application/json, Text/Event-Stream;q=0.9", "stream"],
  ["GET", "text/event-streams", "read"],
  ["HEAD", "text/event-stream", "read"],
  ["POST", "text/event-stream", "write"],
  ["GET", undefined, "read"],
])("%s that accepts %s is a %s", (method, accept, kind) => {
  expect(classify({ method, target: "/api/events", accept })).toBe(kind);
});

it.each([
  ["POST", "/api/files?kind=image", true],
  ["POST", "/api/imports?name=export.zip", true],
  ["POST", "/api/backups/ticket-1", true],
  ["POST", "/api/imports/1", false],
  ["GET", "/api/imports", false],
  ["POST", "/api/trpc/imports.start", false],
])("whether %s %s is an upload: %s", (method, target, expected) => {
  expect(isUpload({ method, target })).toBe(expected);
});
