// What the server says of golden records, of pairs of them that may be one, and of decisions about them.
import type { Label } from "../api";
import type { Tone } from "../ui";

export type Kind = { entity: string; label: Label; records: number; golden: number; merged: number; conflicts: number };
export type Waits = { entity: string; label: Label; pairs: number; conflicts: number; asked: number };
export type Desk = { items: Waits[]; decides: boolean; approves: boolean };

export type Golden = { id: string; name: string; codes: string; records: number; sources: string[]; conflicts: number };
export type Member = { record_id: string; source: string; source_key: string; score: number | null; tier: string; values: Record<string, unknown> };
export type Cell = {
  name: string; label: Label; codes: Record<string, Label>; value: unknown; record_id: string | null; source: string | null; rule: string | null; conflict: boolean;
  decision: number | null; stateable: boolean;
};
export type Weighed = { what: string; about: Label; label: Label; weight: number };
export type Match = { a: string; b: string; tier: string; score: number; parts: Weighed[] };
export type One = { golden_id: string; merged_from: string | null; label: Label; fields: Cell[]; records: Member[]; edges: Match[] };

export type Side = { golden_id: string; name: string; codes: string; records: number; sources: string[] };
export type Lines = { review: number; auto: number };
export type Pair = {
  id: string; kind: string; score: number; tier: string; a: string; b: string; parts: Weighed[]; against: Label | null; sides: [Side, Side];
  decision: { id: number; kind: Said["kind"]; status: Status; asked_by: string } | null;
  care: { since: string; due_at: string | null; assignee: string | null; assignee_name: string | null; overdue: boolean } | null;
};

/** What a steward says: golden records that are one; records of one, or golden records, that are not the same; values that stand; what it belongs under. */
export type Said = {
  kind: "merge" | "split" | "value" | "link"; golden: string[]; apart?: string[][]; values?: Record<string, string | null>; until?: string;
  link?: { kind: string; parent: string | null; from?: string; until?: string };
};
export type Impact = { references: number; open_cases: number; by: Record<string, number>; effect?: Effect };
export type Outlook = { groups: string[][]; blocked: { a: string; b: string; against: string }[]; impact: Impact; second_person: boolean };
export type Made = { id: number; status: Status; run_id: string | null };

export type Status = "asked" | "in_force" | "refused" | "ended";
export type Decision = {
  id: number; entity: string; label: Label; kind: Said["kind"] | "setting"; sides: string[][]; golden: string[]; names: Record<string, string>; impact: Impact; reason: string;
  stated: { field: string; label: Label; value: string | null; code: Label | null }[]; status: Status; mine: boolean; until: string | null;
  asked_by: string; asker_name: string | null; at: string; decided_by: string | null; decider_name: string | null; decided_at: string | null; decision: string | null;
  ended_by: string | null; ender_name: string | null; ended_at: string | null; ended_why: string | null;
};

export const TONES: Record<Status, Tone> = { asked: "busy", in_force: "good", refused: "bad", ended: "plain" };
export const STATUSES = ["asked", "in_force", "refused", "ended"] as const;

export const show = (value: unknown): string => (value === null || value === undefined || value === "" ? "–" : String(value));

/** What a value of a field means: its code's words where it has codes. */
export const worded = (field: Pick<Cell, "codes">, value: unknown, word: (label: Label) => string): string => {
  const label = field.codes[String(value)];
  return label ? word(label) : show(value);
};

export const titleOf = (one: One): string => show(one.fields.find((f) => f.name === "name")?.value ?? one.golden_id);

/** A record as it is called where it comes from: `erp|A1` is A1 of erp. */
export const recordOf = (id: string): string => id.replaceAll("|", " ");

/** What became of a golden record: `before` and `after` are values of a field, or golden ids. */
export type Change = {
  seq: number; golden_id: string; kind: "created" | "parted" | "merged" | "joined" | "left" | "changed" | "linked" | "unlinked"; field: string | null; before: string | null; after: string | null;
  record_id: string | null; source: string | null; at: string;
};

/** What other weights would do to what is released. */
export type Effect = {
  golden: [number, number]; pairs: [number, number]; moved: number; merged: number; parted: number; touched: number;
  merges: { into: string; golden: string[] }[]; partings: { golden: string; stay: number; others: number }[];
};
