// What the server says of models, typed.
import type { Difference, Verdict as Broken } from "../contracts/model";
import type { Label } from "../api";
import type { Tone } from "../ui";

export type Line = {
  name: string; label: Label; meaning: Label; owner: string; owner_label: Label; domain: string; origin: "software" | "workspace";
  standing: "in_force" | "new" | "changed" | "removed"; version: number | null; grain: string[]; reads: string[];
  rows: number | null; seconds: number | null; built_at: string | null; tests: { asked: number; failed: number; warned: number; held: number };
};
export type Asked = { condition: string; blocks: boolean; failed: number | null; rows: string[]; kept_back: boolean };
export type Reader = { name: string; kind: "model" | "part"; label: Label; fields: string[] | null };
export type Version = { version: number; verdict: string; retired: boolean; origin: string; applied_by: string; applied_at: string; reason: string | null };
export type Case = { label: Label; given: Record<string, Record<string, unknown>[]>; expect: Record<string, unknown>[] };
export type Tried = { label: Label; holds: boolean; missing: string[]; extra: string[]; error: string | null };
export type Told = { message: string; hint: string };
export type One = Line & {
  table: string; partition: string | null; text: string; columns: { name: string; type: string }[]; tests_said: Asked[]; held: { at: string; rows: number; tests: Asked[] } | null;
  inputs: { table: string; label: Label | null; rows: number | null; changed: boolean }[]; readers: Reader[]; versions: Version[];
  cases: Case[]; cases_fault: Told | null;
};

export type Column = { name: string; before: string | null; after: string | null; breaks: boolean };
export type Change = {
  model: string; kind: "added" | "removed" | "changed"; verdict: string; rows: number | null; grain: { before: string[] | null; after: string[] | null };
  columns: Column[]; readers: { name: string; kind: "model" | "part"; fields: string[] | null; broken: string[]; deciding: string[] }[]; diff: string[];
};
export type Plan = {
  contracts: { subject: string; version: string; verdict: Broken; differences: Difference[]; consumers: { name: string; fields: string[] }[] }[];
  verdict: string | null; seconds: number; changes: Change[]; remade: { model: string; because: string[]; rows: number | null; seconds: number; guessed: boolean }[];
  faults: { model: string | null; message: string; hint?: string }[]; labels: Record<string, Label>; seen: string | null;
};

export const VERDICTS: Record<string, Tone> = { breaking: "bad", values: "warn", added: "good", described: "busy", typed: "plain" };
export const STANDINGS: Record<Line["standing"], Tone> = { in_force: "good", new: "busy", changed: "warn", removed: "bad" };

export const STATES = ["held", "failed", "warned", "passed", "unbuilt"] as const;
export type State = (typeof STATES)[number];
export const TONES: Record<State, Tone> = { held: "bad", failed: "bad", warned: "warn", passed: "good", unbuilt: "plain" };

/** How a model stands by its tests, the gravest first. */
export const stateOf = ({ tests, rows }: Line): State =>
  (tests.held ? "held" : tests.failed ? "failed" : tests.warned ? "warned" : rows === null ? "unbuilt" : "passed");
