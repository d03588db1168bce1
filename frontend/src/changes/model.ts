export type Kind = "quality_rule" | "mapping" | "threshold" | "retention";
export const KINDS: Kind[] = ["quality_rule", "mapping", "threshold", "retention"];
export const ALL_KINDS = [...KINDS, "term", "definition", "code"] as const;
export type Standing = {
  subject: string; content: Record<string, unknown> | null; text: string; proposal: string | null; since: string | null; proposed_by: string | null; approved_by: string | null;
  notes: string[]; waiting: string | null;
};
export type Note = { subject: string; trouble: "unusable" | "outdated" | "unapproved"; why: string | null };
export type Governing = { kind: Kind; on: string; files_hold: boolean; proposes: boolean; items: Standing[]; notes: Note[]; defaults: Record<string, unknown> };
export type Figure = { name: string; before: unknown; after: unknown; of: string };
export type Impact = { subject: string; breaking: boolean | null; figures: Figure[]; readers: string[]; more: number; refused: string | null; kept_back: boolean };
export type Wanted = { kind: string; subject: string; content: unknown };
