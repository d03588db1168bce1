import type { Label } from "../api";
import type { Tone } from "../ui";

export type State = "holds" | "tolerated" | "broken" | "learning" | "failed";
export type Listed = {
  id: string; label: Label; dimension: string; gate: string; owner: string; owner_label: Label; severity: string; tolerance: number; at: string;
  asset: string; domain: string; entity: string | null; field: string | null; kind: string; origin: "software" | "workspace"; version: string;
  state: State | null; checked: number; broken: number; corrected: number; tried_at: string | null;
};
export type Verdict = {
  round: string; asset: string; version: string; state: State; checked: number; broken: number; corrected: number; measure: number | null;
  sample: string[]; kept_back: boolean; message: string | null; at: string;
};
export type One = Listed & { subject: string; definition: { file: string; check: Record<string, unknown>; correct: string | null } | null; verdicts: Verdict[] };

export const STATES: (State | "untried")[] = ["failed", "broken", "tolerated", "learning", "holds", "untried"];
export const TONES: Record<State | "untried", Tone> = { failed: "bad", broken: "bad", tolerated: "warn", learning: "busy", holds: "good", untried: "plain" };
export const GATES: Record<string, Tone> = { block: "bad", quarantine: "warn", warn: "plain", correct: "good" };
export const stateOf = (rule: { state: State | null }): State | "untried" => rule.state ?? "untried";
