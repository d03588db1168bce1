import { useCallback, useEffect, useState } from "react";
import { asProblem, getTagged, useAsk, type EntityMeta, type Label, type Problem as ProblemError, type Row } from "../api";
import { useSpeech } from "../i18n";
import { link } from "../shell/route";
import { Button, Drawer, Facts, Head, Panel, Problem, Table, Tag, Waiting } from "../ui";
import { EntityForm } from "./EntityForm";
import { Restricted } from "./EntityList";
import { Value } from "./Value";

type Lineage = { source: string; table: string; file: string | null; row: number; load: string };
type Correction = { field: string; rule: string; before: string; after: string };
type Related = { entity: string; label: Label; count: number; filters: string[] };
type Detail = { item: Row; lineage: Lineage[]; corrections: Correction[]; related: Related[] };

/** One object: its values, where they came from, what was corrected, what refers to it. */
export function EntityDetail({ name, id }: { name: string; id: string }) {
  const { t, word, number } = useSpeech();
  const meta = useAsk<EntityMeta>(`/meta/${name}`);
  const [detail, setDetail] = useState<{ body: Detail; tag: string }>();
  const [problem, setProblem] = useState<ProblemError>();
  const [editing, setEditing] = useState(false);
  const load = useCallback(() => {
    setProblem(undefined);
    getTagged<Detail>(`/entities/${name}/${encodeURIComponent(id)}`).then(setDetail, (e: unknown) => setProblem(asProblem(e)));
  }, [name, id]);
  useEffect(load, [load]);
  if (problem ?? meta.problem) return <Problem of={problem ?? meta.problem} retry={load} />;
  if (!meta.data || !detail) return <Waiting />;
  const { item, lineage, corrections, related } = detail.body;
  const flags = Array.isArray(item._flags) ? (item._flags as string[]) : [];
  const labels = new Map(meta.data.fields.map((f) => [f.name, word(f.label)]));
  const traced = name === "lot" || name === "serial_unit";
  const number_ = String(item.lot_no ?? "");
  return (
    <>
      <p><a href={link("entities", name)}>← {word(meta.data.label)}</a></p>
      <Head title={String(item[meta.data.title] ?? id)} about={<span className="mono">{id}</span>}>
        {traced && number_ && typeof item.item === "string" && (
          <Button href={`${link("trace")}?item=${encodeURIComponent(String(item.item))}&lot=${encodeURIComponent(number_)}&direction=both`}>{t("trace.this")}</Button>
        )}
        {meta.data.can.update && <Button type="primary" onClick={() => setEditing(true)}>{t("edit")}</Button>}
      </Head>
      {flags.length > 0 && <p>{flags.map((f) => <Tag key={f} tone="warn">{f}</Tag>)}</p>}
      <div className="split wide-left">
        <Panel title={t("detail.values")}>
          <Facts of={meta.data.fields.map((f) => [word(f.label), <><Value field={f} row={item} /> <Restricted field={f} /></>])} />
        </Panel>
        <div>
          <Panel title={t("detail.related")}>
            {related.length === 0 ? <p className="quiet">{t("detail.related.none")}</p> : (
              <ul>{related.map((r) => (
                <li key={word(r.label)}>
                  <a href={`${link("entities", r.entity)}?${r.filters.map((f) => `filter=${encodeURIComponent(f)}`).join("&")}`}>{word(r.label)}: {number(r.count)}</a>
                </li>
              ))}</ul>
            )}
          </Panel>
          <Panel title={t("detail.origin")}>
            {lineage.length === 0 ? <p className="quiet">{t("detail.origin.none")}</p> : lineage.map((l) => (
              <Facts key={l.load} of={[[t("source"), l.source], [t("table"), l.table], [t("file"), <span className="mono">{l.file}</span>], [t("row"), l.row]]} />
            ))}
          </Panel>
        </div>
      </div>
      {corrections.length > 0 && (
        <Panel title={t("detail.corrections")}>
          <Table<Correction> label={t("detail.corrections")} rows={corrections} id={(c) => c.field + c.rule} columns={[
            { name: "field", title: t("field"), show: (c) => labels.get(c.field) ?? c.field },
            { name: "before", title: t("before"), show: (c) => <span className="mono">{c.before}</span> },
            { name: "after", title: t("after"), show: (c) => <span className="mono">{c.after}</span> },
            { name: "rule", title: t("rule"), show: (c) => <span className="mono">{c.rule}</span> },
          ]} />
        </Panel>
      )}
      <Drawer open={editing} title={t("edit")} onClose={() => setEditing(false)} size="large" destroyOnHidden>
        <EntityForm meta={meta.data} item={item} tag={detail.tag} onSaved={() => { setEditing(false); load(); }} />
      </Drawer>
    </>
  );
}
