import type { Label } from "../api";
import type { Tone } from "../ui";
import type { Point } from "../quality/Way";

export type Kind = "entity" | "term" | "field" | "model" | "column" | "codes" | "rule" | "metric";
export const KINDS: Kind[] = ["entity", "term", "field", "model", "column", "codes", "rule", "metric"];
export type Status = "approved" | "deprecated";
export type Entry = {
  kind: Kind; subject: string; entity: string; field: string | null; label: Label; definition: Label | null; type: string; classification: string;
  owner: string; owner_label: Label; standard: string | null; synonyms: string[]; domain: string; overlaid: boolean; status: Status | null; parent: string | null;
};
export type Gaps = { columns: number; without_meaning: number };
export type Owner = { kind: "business" | "steward" | "technical"; name: string; label: Label };
export type Term = {
  zh: string; en: string; definition: Label; synonyms: string[]; owner: string; status: Status; parent: string | null; bound: string[]; see: string[];
};
export type Definition = { meaning?: Label; synonyms?: string[]; business?: string; steward?: string; technical?: string };
export type State = "proposed" | "approved" | "refused" | "withdrawn";
export type Change = {
  seq: number; proposal: string; kind: string; subject: string; before: unknown; after: unknown; reason: string; effective_from: string; state: State;
  proposed_by: string; proposer_name: string | null; decided_by: string | null; decider_name: string | null; decided_at: string | null; decision: string | null; at: string; undoes: string | null;
};
export type Whole = Entry & {
  on: string; owners: Owner[]; codes: { code: string; label: Label }[]; declared: { definition: Label | null; synonyms: string[]; owner_label: Label } | null;
  said: Definition | Term | null; since: string | null; terms: Entry[]; term: Term | null; bound: Entry[]; children: Entry[]; see: Entry[]; history: Change[]; waiting: string | null;
};
export type Tree = { items: { name: string; label: Label; items: { subject: string; kind: Kind; label: Label }[] }[]; owners: { name: string; label: Label }[]; terms: number; gaps: Gaps };
export type Proposal = Change & { changes: number; subjects: string[]; kinds: string[]; mine: boolean; undone: boolean };
export type Part = { index: number; target: number | null; meets: boolean | null; checked: number; broken: number; trend: Point[] };
export const STATES: Record<State, Tone> = { proposed: "busy", approved: "good", refused: "bad", withdrawn: "plain" };
export const list = (text: string): string[] => text.split(/[;;、\n]/).map((s) => s.trim()).filter(Boolean);
