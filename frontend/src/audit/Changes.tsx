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

/** Before and after, field by field. */
export function Changes({ of, labels }: { of: Change[]; labels: Map<string, string> }) {
  const { t } = useSpeech();
  return (
    <Table<Change> fit label={t("audit.changes")} rows={of} id={(c) => c.field} columns={[
      { name: "field", title: t("field"), show: (c) => <>{labels.get(c.field) ?? (c.field === "state" ? t("status") : <span className="mono">{c.field}</span>)} {c.masked && <Tag>{t("audit.masked")}</Tag>}</> },
      { name: "before", title: t("before"), show: (c) => <del className="was">{shown(c.before)}</del> },
      { name: "after", title: t("after"), show: (c) => <ins className="is">{shown(c.after)}</ins> },
    ]} />
  );
}

type Values = Record<string, unknown>;

/** The fields of two states that differ. */
export function changesOf(before: Values | undefined, after: Values | undefined): Change[] {
  const names = Object.keys(after ?? before ?? {});
  return names.filter((n) => shown(before?.[n]) !== shown(after?.[n])).map((n) => ({ field: n, before: before?.[n], after: after?.[n] }));
}
