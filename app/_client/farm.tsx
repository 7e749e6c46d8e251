"use client";

import { createContext, useContext } from "react";
import type { ReactNode } from "react";
import type { Me, Settings } from "../../server/accounts/contract.ts";

export type Farm = Settings & { me: Me };

const FarmContext = createContext<Farm | null>(null);

/** Gives the pages inside the farm's settings and who is signed in, as the server knew them when the page was rendered. */
export function FarmProvider({ farm, children }: { farm: Farm; children: ReactNode }) {
  return <FarmContext value={farm}>{children}</FarmContext>;
}

/** The farm's name and currency, and who is signed in. What a role may do is decided on the server; here it only chooses what is shown. */
export function useFarm(): Farm {
  const farm = useContext(FarmContext);
  if (farm === null) throw new Error("useFarm needs the FarmProvider around it");
  return farm;
}

/** Whether the reader may change customers, items and orders. */
export function useCanEdit(): boolean {
  return useFarm().me.role !== "viewer";
}
