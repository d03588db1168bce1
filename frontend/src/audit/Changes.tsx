import { useAsk, type EntityMeta } from "../api";
import { useSpeech } from "../i18n";
import { useNames } from "../shell/names";
import { useMay } from "../shell/session";
import { Table, Tag } from "../ui";

export type Change = { field: string; before: unknown; after: unknown; masked?: boolean };

const shown = (value: unknown): string => (value === null || value === undefined ? "–" : typeof value === "string" ? value : JSON.stringify(value));

/** What an entity's fields are called; field names themselves where the reader may not look at data. */
export function useLabels(entity: string): Map<string, string> {
  const { word } = useSpeech();
  const reads = useMay("entities:read");
  const known = useNames().has(entity);
  const meta = useAsk<EntityMeta>(reads && known ? `/meta/${entity}` : null).data;
  return new Map((meta?.fields ?? []).map((f) => [f.name, word(f.label)]));
}

/** Before and after, field by field: codes and states in words where it is known of what, as they were written where not. */
export function Changes({ of, labels, meta }: { of: Change[]; labels: Map<string, string>; meta?: EntityMeta }) {
  const { t, word } = useSpeech();
  const said = (field: string, value: unknown): string => {
    if (typeof value === "boolean") return t(value ? "yes" : "no");
    const named = field === "state" ? meta?.process?.states.find((s) => s.name === value) : meta?.fields.find((f) => f.name === field)?.choices?.find((c) => c.code === value);
    return word(named?.label) || shown(value);
  };
  return (
    <Table<Change> fit label={t("audit.changes")} rows={of} id={(c) => c.field} columns={[
      { name: "field", title: t("field"), show: (c) => <>{labels.get(c.field) ?? (c.field === "state" ? t("status") : <span className="mono">{c.field}</span>)} {c.masked && <Tag>{t("audit.masked")}</Tag>}</> },
      { name: "before", title: t("change.before"), show: (c) => <del className="was">{said(c.field, c.before)}</del> },
      { name: "after", title: t("change.after"), show: (c) => <ins className="is">{said(c.field, c.after)}</ins> },
    ]} />
  );
}

type Values = Record<string, unknown>;

/** The fields of two states that differ. */
export function changesOf(before: Values | undefined, after: Values | undefined): Change[] {
  const names = Object.keys(after ?? before ?? {});
  return names.filter((n) => shown(before?.[n]) !== shown(after?.[n])).map((n) => ({ field: n, before: before?.[n], after: after?.[n] }));
}
