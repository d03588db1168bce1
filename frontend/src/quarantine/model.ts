// Held rows as the server tells of them.
import type { Label, Paged, Rule } from "../api";
import type { Tone } from "../ui";

export const STATES = ["open", "waiting", "taken", "rejected", "returned", "superseded"] as const;
export type State = (typeof STATES)[number];
export type BrokenRule = Rule & { columns: string[] };
/** What stands of a critical field that the row changes. */
export type Stood = { field: string; label: Label | null; value: string | null; columns: string[] };
export type CellChange = { column: string; before: string | null; after: string | null };
export type HeldRow = {
  id: string; entity: string; source: string; table: string; file: string; row: number; load: string; key: string | null; at: string | null;
  state: State; state_label: Label; times: number; first_at: string | null; due_at: string | null; rules: BrokenRule[]; raw: Record<string, string | null>; columns: string[]; sealed: string[];
  act: string | null; decision: string | null; decided_by: string | null; decided_at: string | null; reason: string | null; taken_load: string | null; changes: CellChange[];
  record?: string | null; held_again?: string | null; proposed?: Record<string, string> | null; stood: Stood[];
};
export type DeskPage = Paged<HeldRow> & {
  counts: Record<State, number>; overdue: number; review_within: string | null; tables: { source: string; table: string; count: number }[]; rules: (Rule & { count: number })[];
};
export type Tried = { rows: number; tried: number; passing: number; items: { id: string; passes: boolean; rules: Rule[] }[] };
export type Kind = "corrected" | "approved" | "rejected" | "returned";
/** Rows by their ids, or all open ones of a filter. */
export type Which = { ids: string[] } | { source?: string; table?: string; entity?: string; rule?: string; load?: string };
export const TONES: Record<State, Tone> = { open: "warn", waiting: "busy", taken: "good", rejected: "bad", returned: "plain", superseded: "plain" };
