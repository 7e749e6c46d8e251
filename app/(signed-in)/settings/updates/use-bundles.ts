"use client";

import { useQuery } from "@tanstack/react-query";
import type { Bundles } from "../../../../server/releases/bundle-contract.ts";
import { useTRPC } from "../../../_client/trpc.tsx";

/** The bundles that are here; `undefined` where the updater is one of before and knows none. `initial` is what the server knew when it rendered the page. */
export function useBundles(initial?: Bundles): Bundles | undefined {
  const { data } = useQuery({
    ...useTRPC().updates.bundles.queryOptions(),
    ...(initial === undefined ? {} : { initialData: initial }),
  });
  return data;
}
