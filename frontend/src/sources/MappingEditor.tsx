import { useEffect, useState } from "react";
import { asProblem, send, useAsk, type Problem as ProblemError, type Rule } from "../api";
import { useSpeech } from "../i18n";
import { Diff } from "../models/texts";
import { useCalled } from "../shell/names";
import { link } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Form, Input, Nothing, Panel, Problem, Select, Table, Tabs, Tag, Waiting } from "../ui";
import { OneTable } from "./Looking";
import { Suggested } from "./Suggested";
import type { Probed } from "./model";

type Mapping = { file: string | null; text: string; sha256: string; tables: string[] };
type Row = Record<string, string | number | boolean | null>;
type Tried = {
  sampled: number; accepted: number; held_rows: number; held: { row: number; rules: Rule[] }[]; fit: Probed;
  rows: { entity: string; rows: Row[] }[]; lineage: { column: string; fields: string[] }[]; diff: string[];
};
const PAUSE = 700; // milliseconds without a key before what was typed is tried

/** A source's mapping while it is written: what it makes of the newest delivery, beside it; another person decides on it. */
export function MappingEditor({ source }: { source: string }) {
  const asked = useAsk<Mapping>(`/sources/${source}/mapping`);
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  return <Editing key={asked.data.sha256} source={source} of={asked.data} />;
}

function Editing({ source, of }: { source: string; of: Mapping }) {
  const { t } = useSpeech();
  const [text, setText] = useState(of.text);
  const [table, setTable] = useState(of.tables[0] ?? "");
  const [tried, setTried] = useState<Tried>();
  const [problem, setProblem] = useState<ProblemError>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    let stale = false;
    const later = setTimeout(() => {
      send<Tried>("POST", `/sources/${source}/mapping/trials`, { text, table }).then(
        (found) => { if (!stale) { setTried(found); setProblem(undefined); } },
        (error: unknown) => { if (!stale) setProblem(asProblem(error)); },
      );
    }, PAUSE);
    return () => { stale = true; clearTimeout(later); };
  }, [source, text, table, round]);
  return (
    <>
      <Panel title={of.file ?? t("changes.kind.mapping")}>
        <div className="bar">
          <Select style={{ width: 240 }} aria-label={t("table")} value={table} onChange={(v: string) => { setTable(v); setTried(undefined); }} options={of.tables.map((x) => ({ value: x, label: x }))} />
          <Button disabled={text === of.text} onClick={() => setText(of.text)}>{t("mapping.back")}</Button>
          <Button onClick={() => setRound(round + 1)}>{t("mapping.again")}</Button>
        </div>
        <Input.TextArea aria-label={of.file ?? t("changes.kind.mapping")} className="mono" value={text} autoSize={{ minRows: 12, maxRows: 32 }} spellCheck={false} maxLength={400000} onChange={(e) => setText(e.target.value)} />
        <div role="status"><Problem of={problem} /></div>
      </Panel>
      <Suggested source={source} table={table} text={text} onText={setText} />
      {tried ? <Outcome of={tried} /> : !problem && <Waiting />}
      <Proposing source={source} text={text} changed={text !== of.text} />
    </>
  );
}

function Outcome({ of }: { of: Tried }) {
  const { t, word, number } = useSpeech();
  const called = useCalled();
  return (
    <Panel title={t("mapping.outcome")}>
      <p><Tag tone={of.held_rows ? "warn" : "good"}>{t("mapping.accepted", { n: number(of.accepted), of: number(of.sampled) })}</Tag> <span className="quiet">{t("mapping.about")}</span></p>
      <Tabs items={[
        { key: "rows", label: t("mapping.rows"), children: <>{of.rows.map((e) => <Rows key={e.entity} entity={e.entity} rows={e.rows} />)}</> },
        { key: "held", label: `${t("mapping.held")} ${number(of.held_rows)}`, children: (
          <Table fit label={t("mapping.held")} rows={of.held} id={(h) => String(h.row)} empty={<Nothing>{t("mapping.held.none")}</Nothing>} columns={[
            { name: "row", title: t("mapping.row"), width: 100, align: "right", show: (h) => number(h.row) },
            { name: "rules", title: t("rules"), show: (h) => h.rules.map((r) => <div key={r.id}><Tag tone="warn">{word(r.label)}</Tag> <span className="mono quiet">{r.id}</span></div>) },
          ]} />
        ) },
        { key: "fit", label: t("mapping.fit"), children: <OneTable of={of.fit} /> },
        { key: "lineage", label: t("mapping.lineage"), children: (
          <Table fit label={t("mapping.lineage")} rows={of.lineage} id={(l) => l.column} empty={<Nothing>{t("sources.lineage.none")}</Nothing>} columns={[
            { name: "column", title: t("sources.column"), show: (l) => <span className="mono break">{l.column}</span> },
            { name: "fields", title: t("field"), show: (l) => l.fields.map((f) => { const [entity, field] = f.split("."); return <div key={f}><a href={link("dictionary", f)}>{called(entity!)} · {field}</a></div>; }) },
          ]} />
        ) },
        { key: "diff", label: t("mapping.diff"), children: of.diff.length ? <Diff of={of.diff} label={t("mapping.diff")} /> : <Nothing>{t("mapping.same")}</Nothing> },
      ]} />
    </Panel>
  );
}

function Rows({ entity, rows }: { entity: string; rows: Row[] }) {
  const called = useCalled();
  const { t } = useSpeech();
  const names = Object.keys(rows[0] ?? {}).filter((n) => n !== "_row");
  return (
    <section>
      <h3>{called(entity)}</h3>
      <Table<Row> label={called(entity)} rows={rows} id={(r) => String(r._row)} empty={<Nothing>{t("mapping.rows.none")}</Nothing>} columns={names.map((n) => ({ name: n, title: n, show: (r: Row) => String(r[n] ?? "∅") }))} />
    </section>
  );
}

function Proposing({ source, text, changed }: { source: string; text: string; changed: boolean }) {
  const { t } = useSpeech();
  const may = useMay("definitions:propose");
  const [reason, setReason] = useState("");
  const [proposal, setProposal] = useState<string>();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  if (!may) return null;
  const propose = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const body = { changes: [{ kind: "mapping", subject: `mapping:${source}`, content: { text } }], reason };
      setProposal((await send<{ proposal: string }>("POST", "/definition-changes", body)).proposal);
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(false);
  };
  return (
    <Panel title={t("mapping.propose")}>
      <p className="quiet">{t("mapping.propose.about")}</p>
      <Problem of={problem} />
      {proposal && <p role="status">{t("codes.proposed")} <a href={link("changes", proposal)}>{proposal}</a></p>}
      <Form layout="vertical" requiredMark={false} onFinish={() => void propose()}>
        <Form.Item label={t("reason")}><Input aria-label={t("reason")} value={reason} maxLength={2000} onChange={(e) => setReason(e.target.value)} /></Form.Item>
        <Button type="primary" htmlType="submit" loading={busy} disabled={!changed || reason.trim().length < 2 || proposal !== undefined}>{t("mapping.propose")}</Button>
      </Form>
    </Panel>
  );
}
