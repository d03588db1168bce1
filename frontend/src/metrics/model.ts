import type { Label } from "../api";
import type { Kept } from "../sharing/KeptBack";

export type Dimension = { name: string; label: Label; ref: string | null };
export type Line = {
  name: string; label: Label; meaning: Label; owner: string; owner_label: Label; domain: string; unit: string; direction: "up" | "down" | "none"; decimals: number;
  target: number | null; additive: boolean; ratio: boolean; periods: boolean; over: string[]; made_of: string[]; dimensions: Dimension[];
};
export type Figure = { value: number | null; of: number | null; per: number | null; before?: number | null };
export type Item = Figure & { period: string | null; by: Record<string, string | number | boolean | null> };
export type Figures = {
  from: string | null; to: string | null; period: string | null; grain: string | null; by: string[]; compare: string | null; zone: string; release: string | null;
  whole: Figure; items: Item[]; names: Record<string, Record<string, Label>>; sharing: Kept[];
};
export type Said = { proposal: string; since: string; proposed_by: string; approved_by: string; content: Record<string, unknown> };
export type One = Line & { words: Label; where: string[]; qualifiers: Record<string, Label>; said: Said | null; figures: Figures; all_periods: string[] };
export type Card = Figure & { name: string; label: Label; unit: string; decimals: number; direction: Line["direction"]; target: number | null; to: string | null };
export type Effect = {
  label: { before: Label; after: Label }; words: { before: Label; after: Label }; target: { before: number | null; after: number | null }; before: Figures; after: Figures;
};

/** Whether a figure meets the target, nothing where there is none to meet. */
export function meets(of: { value: number | null; target: number | null; direction: Line["direction"] }): boolean | null {
  if (of.value === null || of.target === null || of.direction === "none") return null;
  return of.direction === "up" ? of.value >= of.target : of.value <= of.target;
}

/** Whether a change is for the better, nothing where neither way is. */
export function better(now: number | null, before: number | null | undefined, direction: Line["direction"]): boolean | null {
  if (now === null || before === null || before === undefined || now === before || direction === "none") return null;
  return direction === "up" ? now > before : now < before;
}

/** A figure in a language, with no more digits after the point than it has a use for. */
export function figure(value: number | null | undefined, decimals: number, language: string, unit = ""): string {
  if (value === null || value === undefined) return "–";
  const told = new Intl.NumberFormat(language, { maximumFractionDigits: decimals }).format(value);
  return unit ? `${told}${unit === "%" || unit === "‰" ? unit : ` ${unit}`}` : told;
}

/** The last day of the period that begins on a day. */
export function lastOf(period: string, grain: string): string {
  const day = new Date(`${period}T00:00:00Z`);
  if (grain === "week") day.setUTCDate(day.getUTCDate() + 6);
  else if (grain !== "day") {
    day.setUTCMonth(day.getUTCMonth() + ({ month: 1, quarter: 3, year: 12 }[grain] ?? 1));
    day.setUTCDate(0);
  }
  return day.toISOString().slice(0, 10);
}

/** A period as people write it: 2026-03, 2026 Q1, 2026. */
export function called(period: string | null, grain: string | null): string {
  if (!period) return "–";
  if (grain === "month") return period.slice(0, 7);
  if (grain === "quarter") return `${period.slice(0, 4)} Q${Math.floor(Number(period.slice(5, 7)) / 3) + 1}`;
  return grain === "year" ? period.slice(0, 4) : period;
}
