import type { Dice } from "./dice.ts";
import { COLOURS, HARDWARE, MATERIALS, PARTS } from "./words.ts";

export type SampleItem = {
  sku: string;
  name: string;
  description: string;
  material: string;
  unit: string;
  price: string;
  cost: string;
  onHand: string;
  reorder: string;
  active: boolean;
};

/** Filaments, printed parts and hardware, a third each, with prices that fit them. */
export function makeItems(dice: Dice, count: number): SampleItem[] {
  const kinds = [makePart, makeFilament, makeHardware];
  return Array.from({ length: count }, (_, index) => {
    const make = kinds[index % kinds.length] ?? makePart;
    return make(dice, Math.floor(index / kinds.length));
  });
}

function makeFilament(dice: Dice, index: number): SampleItem {
  const [material, price] = at(MATERIALS, index);
  const colour = at(COLOURS, Math.floor(index / MATERIALS.length));
  return {
    sku: `FIL-${material}-${colour.slice(0, 3).toUpperCase()}-${pad(index)}`,
    name: `${material} filament 1.75 mm, ${colour}`,
    description: "By weight, from the spool.",
    material,
    unit: "kg",
    ...prices(dice, price),
    onHand: `${dice.between(0, 40)}.${dice.between(100, 999)}`,
    reorder: "5",
    active: !dice.chance(0.05),
  };
}

function makePart(dice: Dice, index: number): SampleItem {
  const [part, price] = at(PARTS, index);
  const [material] = at(MATERIALS, index + Math.floor(index / PARTS.length));
  return {
    sku: `PRT-${pad(index + 1)}`,
    name: `${part}, ${material}`,
    description: `Printed in ${material}, layer height 0.2 mm.`,
    material,
    unit: "piece",
    ...prices(dice, price),
    onHand: String(dice.between(0, 120)),
    reorder: String(dice.between(0, 20)),
    active: !dice.chance(0.05),
  };
}

function makeHardware(dice: Dice, index: number): SampleItem {
  const [name, price] = at(HARDWARE, index);
  const pack = [1, 10, 50, 100][Math.floor(index / HARDWARE.length) % 4] ?? 1;
  return {
    sku: `HW-${pad(index + 1)}`,
    name: pack === 1 ? name : `${name} (pack of ${pack})`,
    description: "",
    material: "",
    unit: "piece",
    ...prices(dice, price * pack),
    onHand: String(dice.between(0, 600)),
    reorder: String(dice.between(20, 100)),
    active: true,
  };
}

/** A price near the usual one, in whole cents, and what it costs us. */
function prices(dice: Dice, usualCents: number): { price: string; cost: string } {
  const cents = Math.max(1, Math.round((usualCents * dice.between(85, 125)) / 100));
  const ours = Math.round(cents * dice.between(35, 60));
  return { price: decimal(cents, 2), cost: decimal(ours, 4) };
}

function decimal(amount: number, places: number): string {
  const digits = String(amount).padStart(places + 1, "0");
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** The list from its beginning again when it is over. */
function at<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T;
}

function pad(index: number): string {
  return String(index).padStart(3, "0");
}
