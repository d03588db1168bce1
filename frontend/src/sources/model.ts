// What the inventory of sources says.
import type { Label } from "../api";
import type { Tone } from "../ui";

export type Health = "failing" | "refusing" | "never" | "late" | "well";
export type Said = { text: string; hint?: string };
export type Standing = {
  name: string; label: Label; owner_label: Label; system: string; kind: "files" | "database" | "stream" | "interface" | "own"; url: string | null; plant: string | null; classification: string;
  schedule: { every?: string; at?: string; on?: string | string[]; as?: string } | null; fresh_within: string | null; keeps_promise: boolean | null; health: Health; health_label: Label; is_tried: boolean;
};
export type Filled = { entity: string; field: string; columns: string[]; constant: string | null };
export type TableStanding = { name: string; place: string; health: Health; health_label: Label; refused: number; loaded_at: string | null; answered_at: string | null; fresh_until: string | null; message: Said | null; fields: Filled[] };
export type Fit = { entity: string; field: string; columns: string[]; values: number | null; fitting: number | null };
export type Probed = { table: string; rows: number; fits: boolean; missing: string[]; new: string[]; alike: { missing: string; new: string }[]; message: Said | null; fields: Fit[] };
export type Drifted = {
  kind: "missing" | "new" | "unreadable"; table: string; column: string; load: string; file: string; likely: string | null;
  names_alike: number | null; values_alike: number | null; before: number | null; now: number | null; diff: string[] | null;
};
export type Server = { product: string; version: string; account: string; is_read_only: boolean | null };

export const TONES: Record<Health, Tone> = { failing: "bad", refusing: "bad", never: "plain", late: "warn", well: "good" };

/** When a source is asked, in the words of its file; nothing where it is not. */
export const timesOf = (s: Standing["schedule"]): string => (s ? s.every ?? s.as ?? [s.at, ...[s.on ?? []].flat()].join(" ") : "");
