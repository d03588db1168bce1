import type { Label } from "../api";
import { useSpeech } from "../i18n";
import { link } from "../shell/route";

export type Told = { entity: string; id: string; number: string | null; label: Label; fields: string[]; field_labels: Record<string, Label> };
export type Found = {
  records: Told[]; from_sources: Told[]; rows: { table: string; rows: number; columns: string[] }[]; empty: boolean; accounts: string[]; acts: number; unparsable_records: number;
};
export type Asking = { values: string[]; reason: string };
export type Kept = Told & { field: string; because: string };
export type Judged = { erasure: string | null; goes: { records: Told[]; fields: string[] }; stays: Kept[] };

export const keyOf = (of: Told): string => `${of.entity}/${of.id}`;

/** A record in which something of the person stands. */
export function Where({ of }: { of: Told }) {
  const { word } = useSpeech();
  return <span className="subject">{word(of.label)} <a href={link("entities", of.entity, of.id)} className="mono">{of.number ?? of.id}</a></span>;
}

/** The fields of it that do. */
export function Fields({ of }: { of: Told }) {
  const { word, language } = useSpeech();
  return <>{of.fields.map((f) => word(of.field_labels[f]) || f).join(language === "en" ? ", " : "、")}</>;
}
