// What the server says of tables that are read, typed.
import type { Label, Row } from "../api";
import { lastOf } from "../metrics/model";
import type { Filterable } from "../meta/Filters";
import type { Kept } from "../sharing/KeptBack";

export type Column = {
  name: string; type: string; kind: string | null; label: Label; masked: boolean; record: string | null; codes?: Record<string, Label>;
};
export type Page = { items: Row[]; next: string | null; total: number | null; release: string; table: string; label: Label; grain: string[]; columns: Column[] };
export type Axis = { column: string; grain: string | null; top: number | null; label: Label; codes: Record<string, Label> };
export type Line = { at: (string | number | boolean | null)[]; total: boolean[]; others: boolean[]; values: (string | number | null)[] };
export type Pivot = { table: string; label: Label; release: string | null; rows: Axis[]; columns: Axis[]; measures: { kind: string; column: string | null; label: Label }[]; lines: Line[]; sharing?: Kept[] };

export const GRAINS = ["day", "week", "month", "quarter", "year"] as const;
export const MEASURES = ["count", "sum", "avg", "median", "min", "max", "distinct"] as const;
const OF_NUMBERS: readonly string[] = ["sum", "avg", "median"];
export const isNumber = (c: Column): boolean => c.kind === "integer" || c.kind === "decimal";
export const isMoment = (c: Column): boolean => c.kind === "date" || c.kind === "timestamp";

/** Columns that a measure takes. */
export const takes = (measure: string, columns: Column[]): Column[] => columns.filter((c) => !c.masked && c.kind && (!OF_NUMBERS.includes(measure) || isNumber(c)));

/** Columns as what conditions are said of. */
export const filterable = (columns: Column[]): Filterable[] => columns.filter((c) => !c.masked && c.kind).map((c) => ({
  name: c.name, label: c.label, type: c.kind === "date" ? "date" : "text", sortable: true,
  choices: c.codes ? Object.entries(c.codes).map(([code, label]) => ({ code, label })) : null,
}));

/** The conditions under which the rows of a cell are found; nothing where no condition says them, as for what is put together as others, or is empty. */
export function conditions(line: Line, axes: Axis[]): string[] | null {
  const found: string[] = [];
  for (const [n, axis] of axes.entries()) {
    if (line.total[n]) continue;
    const at = line.at[n];
    if (line.others[n] || at === null || at === undefined) return null;
    if (!axis.grain) found.push(`${axis.column}:eq:${at}`);
    else found.push(`${axis.column}:ge:${at}`, `${axis.column}:le:${lastOf(String(at).slice(0, 10), axis.grain)}`);
  }
  return found;
}
