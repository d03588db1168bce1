import type { EntityMeta, Label } from "../api";
import { useSpeech } from "../i18n";
import { Nothing, oneOf, Pager, Problem, Table, Tag, Zone } from "../ui";
import { usePages } from "../ui/usePages";
import { doer } from "../record/case";
import { Changes, type Change } from "./Changes";

type Entry = {
  id: number; at: string; actor: string; printed_name: string | null; action: string; label: Label | null; reason: string | null;
  on_behalf_of: string | null; leaf: number | null; signature: { id: string; meaning: Label } | null; changes: Change[];
};

/** A record's history: what became of its values, by whom, when, why, under which signature. */
export function History({ meta, id }: { meta: EntityMeta; id: string }) {
  const { t, word, moment, language } = useSpeech();
  const { asked, trail, setTrail } = usePages<Entry>(`/entities/${meta.name}/${encodeURIComponent(id)}/history?limit=20`);
  const labels = new Map(meta.fields.map((f) => [f.name, word(f.label)]));
  const called = (e: Entry) => word(e.label) || e.action;
  return (
    <>
      <Problem of={asked.problem} retry={asked.reload} />
      <Zone />
      <Table<Entry> label={t("tab.history")} rows={asked.data?.items ?? []} id={(e) => String(e.id)} loading={asked.loading} empty={<Nothing>{t("history.none")}</Nothing>}
        columns={[
          { name: "at", title: t("at"), show: (e) => <time dateTime={e.at} title={e.at}>{moment(e.at)}</time> },
          { name: "act", title: t("action"), show: (e) => <>{called(e)} {e.signature && <Tag tone="good">{t("history.signed", { meaning: word(e.signature.meaning) })}</Tag>}</> },
          { name: "who", title: t("by"), show: (e) => <>{e.printed_name ?? doer(e.actor, t)} <span className="quiet mono">{e.actor}</span>{e.on_behalf_of && <div className="quiet">{t("act.behalf", { who: e.on_behalf_of })}</div>}</> },
          { name: "reason", title: t("reason"), show: (e) => (e.reason ? oneOf(e.reason, language) : "–") },
          { name: "changes", title: t("audit.changes"), show: (e) => (e.changes.length ? <Changes of={e.changes} labels={labels} meta={meta} /> : "–") },
          { name: "sealed", title: t("audit.sealed"), show: (e) => (e.leaf === null ? <Tag tone="busy">{t("audit.waits")}</Tag> : <Tag tone="good">{`#${e.leaf}`}</Tag>) },
        ]} />
      <Pager trail={trail} next={asked.data?.next ?? null} shown={asked.data?.items.length ?? 0} onTrail={setTrail} />
    </>
  );
}
