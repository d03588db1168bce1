import type { Label } from "../api";

export type Place = { table: string; column: string; label: Label | null; called: Label | null };
export type Step = { from: Place; to: Place; how: string; kind: string; flow: "value" | "influence" | "table"; by: string; job: string | null; depth: number; direction: "up" | "down" };
export type Gap = { table: string; column: string; why: string };
export type Contradiction = { to: Place; from: Place; job: string | null; why: string };
export type Job = { namespace: string; name: string; run: string | null; begun: string | null; last: string | null; state: string | null; message: string | null; runs: number };
export type Refusal = { number: number; why: string; by: string; at: string };
export type Outside = { items: Job[]; events: number; jobs: number; runs: number; refused: number; refusals: Refusal[] };
export type Happened = { what: string; at: string | null; [name: string]: unknown };
export type Walked = { field: Place; word: string | null; steps: Step[]; gaps: Gap[]; contradictions: Contradiction[]; lately: Record<string, Happened[]> };
export type Box = { table: string; called: Label | null; columns: string[]; x: number; y: number };

export const named = (p: Place): string => (p.column ? `${p.table}.${p.column}` : p.table);
/** What a walk can begin at: what only reads (rules, processes, the interface, parts) is an end. */
export const canWalk = (p: { table: string }): boolean => !/^(rule|api|part|process|entry|guard|watch|decision|event|sharing|export):/.test(p.table);

const [WIDTH, HEAD, LINE, GAP] = [290, 34, 24, 22];

/** Tables as boxes, sources at the left: as far from the field as their nearest column is. */
export function boxes(of: Walked): Box[] {
  const depth = new Map<string, number>([[of.field.table, 0]]);
  const called = new Map<string, Label | null>([[of.field.table, of.field.called]]);
  const columns = new Map<string, Set<string>>([[of.field.table, new Set(of.field.column ? [of.field.column] : [])]]);
  for (const s of of.steps) {
    for (const p of [s.from, s.to]) {
      if (!columns.has(p.table)) columns.set(p.table, new Set());
      called.set(p.table, p.called);
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
    return { table, called: called.get(table) ?? null, columns: held, x: at * WIDTH, y };
  });
}
