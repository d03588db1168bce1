import type { Label } from "../api";
import type { Tone } from "../ui";

export type Verdict = "breaking" | "not-judged" | "compatible" | "description";
export type Difference = { kind: string; at: string; field: string | null; verdict: Verdict; label: Label; before: string | null; after: string | null };
export type Line = {
  subject: string; kind: "entity" | "model"; label: Label; owner: string; owner_label: Label; domain: string; table: string; version: string | null; next: string; verdict: Verdict | null;
  differences: number; release: string | null;
};
export type Version = { version: string; release: string; at: string; verdict: Verdict | null; gone: boolean; differences: Difference[] };
export type Field = { name: string; label: Label; type: string; stored: string | null; required: boolean; key: boolean; classification: string | null; codes: string[]; rules: number };
export type Check = {
  verdict: Verdict; fault: string | null; fields: { field: string | null; verdict: Verdict; differences: Difference[] }[];
  columns: { column: string | null; field: string | null; verdict: Verdict; label: Label; detail: string | null }[];
};
export type Other = { name: string; kind: "consumer" | "source"; subject: string; owner: string; owner_label: Label; blocks: boolean; kept_by: string; at: string | null; version: string; standard: string };
export type Whole = Line & {
  grain: string | null; team: { username: string; role: string; label: Label }[]; fields: Field[]; promises: { property: string; value: string; unit: string | null; label: Label }[]; rules: number;
  pending: Difference[]; versions: Version[]; expected: (Other & { check: Check })[];
};
export type Suggested = { name: string; label: Label; gate: string; at: string; kind: string; checked: number; broken: number; text: string };
export const TONES: Record<Verdict, Tone> = { breaking: "bad", "not-judged": "warn", compatible: "good", description: "plain" };
