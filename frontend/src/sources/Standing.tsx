import { useAsk } from "../api";
import { useSpeech } from "../i18n";
import { useCalled } from "../shell/names";
import { link } from "../shell/route";
import { useMay } from "../shell/session";
import { Facts, Nothing, Panel, Problem, Table, Tag, Waiting } from "../ui";
import { DriftOf } from "./Drift";
import { Looking } from "./Looking";
import { TONES, timesOf, type Filled, type Standing, type TableStanding } from "./model";

/** How fresh a source is, against what readers are promised. */
export function Promise_({ of }: { of: Standing }) {
  const { t } = useSpeech();
  if (of.keeps_promise === null) return <span className="quiet">{t("sources.promise.none")}</span>;
  return <><Tag tone={of.keeps_promise ? "good" : "warn"}>{t(of.keeps_promise ? "sources.promise.kept" : "sources.promise.broken")}</Tag> <span className="quiet">{of.fresh_within}</span></>;
}

/** One source: how it is doing, what its tables fill, and two questions to it. */
export function StandingOf({ name }: { name: string }) {
  const { t, word, moment, number } = useSpeech();
  const called = useCalled();
  const drifts = useMay("models:read");
  const asked = useAsk<Standing & { tables: TableStanding[] }>(`/sources/${name}`);
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const s = asked.data;
  const lineage = s.tables.flatMap((table) => table.fields.map((f) => ({ ...f, table: table.name })));
  return (
    <>
      <Panel>
        <Facts of={[
          [t("sources.health"), <><Tag tone={TONES[s.health]}>{word(s.health_label)}</Tag>{!s.is_tried && <> <Tag tone="warn">{t("sources.untried")}</Tag></>}</>],
          [t("sources.promise"), <Promise_ of={s} />],
          [t("owner"), word(s.owner_label)],
          [t("sources.kind"), <>{t(`sources.kind.${s.kind}`)} {s.url && <span className="mono break">{s.url}</span>}</>],
          [t("sources.schedule"), timesOf(s.schedule) || t("sources.schedule.none")],
        ]} />
      </Panel>
      <Panel title={t("sources.health")}>
        <Table<TableStanding> fit label={t("sources.health")} rows={s.tables} id={(x) => x.name} columns={[
          { name: "name", title: t("table"), width: 130, show: (x) => <span className="break">{x.name}</span> },
          { name: "health", title: t("status"), width: 110, show: (x) => <Tag tone={TONES[x.health]}>{word(x.health_label)}</Tag> },
          { name: "loaded", title: t("sources.last"), width: 150, show: (x) => <span className="moment">{moment(x.loaded_at) || "–"}</span> },
          { name: "answered", title: t("sources.answered"), width: 150, show: (x) => <span className="moment">{moment(x.answered_at) || "–"}</span> },
          { name: "refused", title: t("sources.refused"), align: "right", width: 90, show: (x) => (x.refused ? <a href={`#/sources/${name}?status=blocked,rejected`}>{number(x.refused)}</a> : number(0)) },
          { name: "message", title: t("message"), show: (x) => x.message && <>{x.message.text}<div className="quiet">{x.message.hint}</div></> },
        ]} />
      </Panel>
      {drifts && <DriftOf source={name} onAmended={asked.reload} />}
      <Looking source={s} />
      <Panel title={t("sources.lineage")}>
        <Table<Filled & { table: string }> fit label={t("sources.lineage")} rows={lineage} id={(f) => `${f.table}.${f.entity}.${f.field}`} empty={<Nothing>{t("sources.lineage.none")}</Nothing>} columns={[
          { name: "field", title: t("field"), show: (f) => f.field },
          { name: "entity", title: t("entity"), show: (f) => <a href={link("dictionary", f.entity)}>{called(f.entity)}</a> },
          { name: "table", title: t("table"), show: (f) => f.table },
          { name: "columns", title: t("sources.column"), show: (f) => <span className="mono break">{f.columns.join(", ") || `= ${f.constant}`}</span> },
        ]} />
      </Panel>
    </>
  );
}
