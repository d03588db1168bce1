import type { Label } from "../api";

export type Place = { table: string; column: string; label: Label | null };
export type Step = { from: Place; to: Place; how: string; kind: string; flow: "value" | "influence"; by: string; depth: number; direction: "up" | "down" };
export type Gap = { table: string; column: string; why: string };
export type Happened = { what: string; at: string | null; [name: string]: unknown };
export type Walked = { field: Place; word: string | null; steps: Step[]; gaps: Gap[]; lately: Record<string, Happened[]> };
export type Box = { table: string; columns: string[]; x: number; y: number };

export const named = (p: Place): string => (p.column ? `${p.table}.${p.column}` : p.table);
/** What a walk can begin at: what only reads (rules, the interface, parts) is an end. */
export const canWalk = (p: Place): boolean => !/^(rule|api|part):/.test(p.table);

const [WIDTH, HEAD, LINE, GAP] = [290, 34, 24, 22];

/** Tables as boxes, sources at the left: as far from the field as their nearest column is. */
export function boxes(of: Walked): Box[] {
  const depth = new Map<string, number>([[of.field.table, 0]]);
  const columns = new Map<string, Set<string>>([[of.field.table, new Set([of.field.column])]]);
  for (const s of of.steps) {
    for (const p of [s.from, s.to]) {
      if (!columns.has(p.table)) columns.set(p.table, new Set());
      if (p.column) columns.get(p.table)!.add(p.column);
    }
    const far = s.direction === "up" ? s.from : s.to;
    if (!depth.has(far.table)) depth.set(far.table, s.direction === "up" ? -s.depth : s.depth);
  }
  const below = new Map<number, number>();
  return [...depth].map(([table, at]) => {
    const held = [...columns.get(table)!].sort();
    const y = below.get(at) ?? 0;
    below.set(at, y + HEAD + held.length * LINE + GAP);
    return { table, columns: held, x: at * WIDTH, y };
  });
}
