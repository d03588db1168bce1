import { useState } from "react";
import { asProblem, query, send, useAsk, type Problem as ProblemError } from "../api";
import { GovernedBy } from "../changes/Governed";
import { TextForm } from "../changes/forms";
import { useSpeech, type Key } from "../i18n";
import { useCalled } from "../shell/names";
import { useMay } from "../shell/session";
import { go, link, withSearch, type Route } from "../shell/route";
import { Accept } from "../sources/Accept";
import { MappingEditor } from "../sources/MappingEditor";
import { NewSource } from "../sources/NewSource";
import { Promise_, StandingOf } from "../sources/Standing";
import { TONES as HEALTHS, timesOf, type Standing } from "../sources/model";
import { Button, Head, Nothing, Pager, Panel, Problem, Select, Table, Tag, Upload, Waiting, type Tone } from "../ui";
import { usePages } from "../ui/usePages";

type SourceTable = { name: string; format: string; pattern: string; entities: string[]; files: number; rows_read: number; rows_accepted: number; rows_quarantined: number; rows_corrected: number; last_load_at: string | null };
type Source = Standing & { trust: number; tables: SourceTable[] };
type Load = {
  id: string; source: string; table: string; file: string; status: string; rows_read: number | null; rows_accepted: number | null;
  rows_quarantined: number | null; rejects: number; message: { text: string; hint?: string; withdrawn?: string } | null; at: string;
};

const TONES: Record<string, Tone> = { accepted: "good", rejected: "bad", blocked: "bad", repeated: "plain", superseded: "plain", read: "busy", raw: "busy", found: "busy" };
const STATUSES = ["accepted", "rejected", "blocked", "repeated", "superseded"] as const;

export default function Sources({ route }: { route: Route }) {
  const { t, word, number, moment } = useSpeech();
  const called = useCalled();
  const looks = useMay("quarantine:read");
  const makes = useMay("models:apply");
  const [making, setMaking] = useState(false);
  const asked = useAsk<{ items: Source[] }>("/sources");
  const name = route.path[1];
  const editing = route.path[2] === "mapping";
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const source = asked.data.items.find((s) => s.name === name);
  return (
    <>
      {source && <p><a href={editing ? link("sources", source.name) : "#/sources"}>← {editing ? word(source.label) : t("nav.sources")}</a></p>}
      <Head title={source ? word(source.label) : t("nav.sources")} about={source ? source.system : t("sources.about")}>{!source && makes && <Button type="primary" onClick={() => setMaking(true)}>{t("templates.new")}</Button>}</Head>
      {!source && <NewSource open={making} onClose={() => { setMaking(false); asked.reload(); }} />}
      {source && editing ? <MappingEditor source={source.name} /> : source ? (
        <>
          {makes && <p className="bar"><Button href={link("sources", source.name, "mapping")}>{t("mapping.edit")}</Button></p>}
          <StandingOf key={source.name} name={source.name} />
          <GovernedBy key={`${source.name} mapping`} kind="mapping" subject={`mapping:${source.name}`} title={t("changes.kind.mapping")} label={t("changes.propose")}
            form={(now, close) => <TextForm kind="mapping" subject={now.subject} text={now.text} title={`${t("changes.propose")} · ${word(source.label)}`} onClose={close} />} />
          {source.kind === "files" && <HandIn source={source.name} />}
          <Panel title={t("sources.tables")}>
            <Table<SourceTable> label={t("sources.tables")} rows={source.tables} id={(s) => s.name} columns={[
              { name: "name", title: t("table"), show: (s) => (looks ? <a href={link("profiles", `raw.${source.name}_${s.name}`)} title={t("profiles.of")}>{s.name}</a> : s.name) },
              { name: "pattern", title: t("sources.pattern"), show: (s) => <span className="mono">{s.pattern}</span> },
              { name: "format", title: t("sources.format"), show: (s) => s.format },
              { name: "entities", title: t("entity"), show: (s) => s.entities.map((e) => <a key={e} href={link("dictionary", e)} style={{ marginRight: 8 }}>{called(e)}</a>) },
              { name: "files", title: t("files"), align: "right", show: (s) => number(s.files) },
              { name: "read", title: t("rows.read"), align: "right", show: (s) => number(s.rows_read) },
              { name: "held", title: t("rows.quarantined"), align: "right", show: (s) => number(s.rows_quarantined) },
              { name: "last", title: t("sources.last"), show: (s) => moment(s.last_load_at) },
            ]} />
          </Panel>
        </>
      ) : (
        <Panel>
          {asked.data.items.length === 0 ? <Nothing>{t("sources.none")}</Nothing> : (
            <Table<Source> fit label={t("nav.sources")} rows={asked.data.items} id={(s) => s.name} columns={[
              { name: "name", title: t("name"), show: (s) => <a href={link("sources", s.name)}>{word(s.label)}</a> },
              { name: "health", title: t("sources.health"), show: (s) => <><Tag tone={HEALTHS[s.health]}>{word(s.health_label)}</Tag>{!s.is_tried && <> <Tag tone="warn">{t("sources.untried")}</Tag></>}</> },
              { name: "promise", title: t("sources.promise"), show: (s) => <Promise_ of={s} /> },
              { name: "system", title: t("sources.system"), show: (s) => <>{s.system}<div className="quiet">{t(`sources.kind.${s.kind}`)}{s.schedule && ` · ${timesOf(s.schedule)}`}</div></> },
              { name: "owner", title: t("owner"), show: (s) => word(s.owner_label) },
              { name: "tables", title: t("sources.tables"), align: "right", show: (s) => number(s.tables.length) },
              { name: "trust", title: t("sources.trust"), align: "right", show: (s) => s.trust },
            ]} />
          )}
        </Panel>
      )}
      {!editing && <Loads source={name ?? null} route={route} />}
    </>
  );
}

function Loads({ source, route }: { source: string | null; route: Route }) {
  const { t, number, moment } = useSpeech();
  const looks = useMay("quarantine:read");
  const status = route.search.get("status");
  const { asked, trail, setTrail } = usePages<Load>(`/loads${query({ source, status, limit: 30 })}`);
  return (
    <Panel title={t("loads")}>
      <div className="bar">
        <Select style={{ width: 180 }} aria-label={t("status")} value={status ?? ""} onChange={(v: string) => go(withSearch(route, { status: v || null }))}
          options={[{ value: "", label: t("status.all") }, ...STATUSES.map((s) => ({ value: s, label: t(`load.${s}`) }))]} />
      </div>
      <Problem of={asked.problem} retry={asked.reload} />
      <Table<Load> label={t("loads")} rows={asked.data?.items ?? []} id={(l) => l.id} loading={asked.loading} columns={[
        { name: "file", title: t("file"), show: (l) => <span className="mono">{l.file}</span> },
        { name: "table", title: t("table"), show: (l) => `${l.source}.${l.table}` },
        { name: "status", title: t("status"), show: (l) => <Tag tone={TONES[l.status] ?? "plain"}>{t(`load.${l.status}` as Key)}</Tag> },
        { name: "read", title: t("rows.read"), align: "right", show: (l) => number(l.rows_read ?? 0) },
        { name: "held", title: t("rows.quarantined"), align: "right", show: (l) => (l.rows_quarantined && looks ? <a href={`#/quarantine?load=${l.id}`}>{number(l.rows_quarantined)}</a> : number(l.rows_quarantined ?? 0)) },
        { name: "at", title: t("at"), show: (l) => moment(l.at) },
        { name: "message", title: t("message"), show: (l) => l.message && <>{l.message.text}{l.message.hint && <div className="quiet">{l.message.hint}</div>}{l.status === "blocked" && l.message.withdrawn && <Accept load={l.id} onDone={() => go(link("runs"))} />}</> },
      ]} />
      <Pager trail={trail} next={asked.data?.next ?? null} shown={asked.data?.items.length ?? 0} onTrail={setTrail} />
    </Panel>
  );
}

function HandIn({ source }: { source: string }) {
  const { t } = useSpeech();
  const may = useMay("runs:start");
  const [problem, setProblem] = useState<ProblemError>();
  if (!may) return null;
  const hand = async (file: File) => {
    const form = new FormData();
    form.append("file", file);
    setProblem(undefined);
    try {
      const taken = await send<{ run_id: string | null }>("POST", `/loads${query({ source })}`, form);
      go(taken.run_id ? link("runs", taken.run_id) : link("runs"));
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return (
    <Panel title={t("sources.hand")}>
      <Problem of={problem} />
      <Upload showUploadList={false} beforeUpload={(file) => { void hand(file as unknown as File); return false; }}>
        <Button>{t("sources.choose")}</Button>
      </Upload>
      <p className="quiet">{t("sources.hand.about")}</p>
    </Panel>
  );
}
