import type { Label } from "../api";
import type { Tone } from "../ui";

export type Line = { table: string; label: Label; layer: string; rows: number; taken_at: string | null; is_current: boolean; findings: number | null };
export type Counted = { value: string; rows: number };
export type Bin = { low: string; high: string; rows: number };
export type Suspicion = { kind: string; share: number; basis: "values" | "name"; declared: boolean };
export type Column = {
  name: string; type: string; standing: "clear" | "masked" | "sealed"; label: Label | null; kept_back: boolean; nulls: number; blanks: number; distinct: number;
  low: string | null; high: string | null; shortest: number | null; longest: number | null; likely: string; quantiles: Record<string, string>;
  histogram: Bin[]; patterns: { form: string; rows: number }[]; values: Counted[]; suspected: Suspicion | null;
};
export type Change = { column: string | null; what: string; before: string; now: string };
export type Whole = Line & {
  profile: {
    at: string; seconds: number; rows: number; sampled: number; columns: Column[]; keys: { columns: string[]; duplicates: number }[];
    decides: { column: string; decided: string; share: number }[]; within: { column: string; table: string; field: string; values: number; share: number }[];
  } | null;
  changes: Change[]; underway: { done: number; total: number; what: string } | null; fault: { text: string; hint: string } | null;
};
export type Suggested = {
  name: string; label: Label; dimension: string; gate: string; tolerance: number; at: string; asset: string; field: string | null; kind: string; checked: number; broken: number;
  share: number; why: Label; rows: string[]; kept_back: boolean; text: string;
};
export type Tried = { state: "holds" | "tolerated" | "broken" | "learning" | "failed"; checked: number; broken: number; message: string | null };

export const LAYERS = ["raw", "standard", "golden", "marts"] as const;
export const STANDINGS: Record<Column["standing"], Tone> = { clear: "plain", masked: "warn", sealed: "busy" };
/** A share as people read it: all and nothing only where it is so. */
export const percent = (part: number, whole: number): string => {
  if (whole === 0) return "–";
  const share = (part / whole) * 100;
  return share > 99.9 && part < whole ? ">99.9%" : share < 0.1 && part > 0 ? "<0.1%" : `${share.toFixed(share === Math.round(share) ? 0 : 1)}%`;
};
