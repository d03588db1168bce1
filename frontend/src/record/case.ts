// A record's case as the server tells it.
import type { Label, Objection, Row, State } from "../api";
import type { Kept } from "../sharing/KeptBack";

export type Who = { role: string; label: Label };
export type Act = {
  action: string; label: Label; to: string; by: string; mine: boolean; who: Who[]; asks: string[]; considers: string[]; reason: boolean; meaning: string | null;
  meaning_label: Label | null; evidence: Label | null; guards: string[]; system: boolean; all_sign: boolean; on_behalf_of: string | null;
  bound: { action: string; label: Label; by: string[]; apart: string } | null; signed: { role: string; label: Label; name: string | null; at: string }[];
};
export type Step = {
  action: string; label: Label | null; from_state: string; to_state: string | null; actor: string; printed_name: string | null; on_behalf_of: string | null;
  role: string; role_label: Label; reason: string | null; signature: string | null; void: boolean; at: string;
};
export type Limit = {
  clock: string; label: Label | null; started_at: string; due_at: string; statutory: boolean; basis: string; met_at: string | null; escalated_at: string | null;
};
export type Signature = {
  id: string; signer: string; printed_name: string; on_behalf_of: string | null; signed_at: string; zone: string; meaning: string; meaning_label: Label;
  reason: string | null; revision: number; action: string; label: Label | null; content_hash: string | null; factors: string[]; algorithm: string; changed: string[];
};
export type Case = {
  process: string; label: Label; version: number; clauses: string[]; state: string; state_since: string; opened_by: string; opened_by_name: string;
  opened_at: string; closed: boolean; changes: ("change" | "add" | "remove" | "fill")[]; states: State[]; acts: Act[]; steps: Step[]; deadlines: Limit[]; signatures: Signature[];
};
export type Obstacles = { acts: Record<string, Objection[]> };

/** A personal value is signed by its mask; everything else as it reads. */
export type Signed = string | number | boolean | null | { masked: string | null };
export type Content = {
  revision: number; state: string; to: string; values: Record<string, Signed>; parts: Record<string, Record<string, Signed>[]>;
};
export type Preview = Act & {
  content: Content; content_hash: string; missing: string[]; objections: Objection[]; role: string; factors: string[];
};
export type Outcome = { state: string; revision: number; signature: string | null; awaiting: string[] };
export type Related = { entity: string; label: Label; count: number; open?: number; late?: number; filters: string[]; part: boolean };
export type Lineage = { source: string; table: string; file: string | null; row: number; load: string; correction: CorrectedFrom | null };
/** Where a row was held before a person corrected it. */
export type CorrectedFrom = { held: string; file: string; row: number; by: string; at: string; reason: string; columns: string[] };
export type Correction = { field: string; rule: string; before: string; after: string };
/** Fields shown under a grant and until when; `asked` is a request that waits for its decision. */
export type Unmasked = { fields: string[]; until: string | null; asked: string | null };
export type Detail = { item: Row; lineage: Lineage[]; corrections: Correction[]; related: Related[]; unmasked: Unmasked; sharing?: Kept[] };

/** The label of a state; its name where an older version of the process had it. */
export const stateOf = (states: State[], name: string): Label => states.find((s) => s.name === name)?.label ?? { zh: name, en: name };

const AT_THE_SERVER = "cli:";

/** Whoever did something, by name; the machine, and whoever worked at the server itself, as the reader's language calls them. */
export const doer = (name: string, t: (key: "system" | "at.server", said?: { who: string }) => string): string =>
  name === "system" ? t("system") : name.startsWith(AT_THE_SERVER) ? t("at.server", { who: name.slice(AT_THE_SERVER.length) }) : name;
