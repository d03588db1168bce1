import type { ReactNode } from "react";
import { useAsk } from "../api";
import { useSpeech, type Key } from "../i18n";
import { GovernedBy } from "../changes/Governed";
import { BorneForm, TextForm } from "../changes/forms";
import { link } from "../shell/route";
import { useCalled } from "../shell/names";
import { useMay } from "../shell/session";
import { Facts, Head, Nothing, Panel, Problem, Table, Tag, Waiting } from "../ui";
import { GATES, TONES, stateOf, type One, type Verdict } from "./rule";

/** One rule: what it says, where it is tried and what it does, and how it was found each time. */
export function RulePage({ id }: { id: string }) {
  const { t, word, number } = useSpeech();
  const called = useCalled();
  const looks = useMay("quarantine:read");
  const asked = useAsk<One>(`/quality/rules/${encodeURIComponent(id)}`);
  if (asked.problem) return <><Head title={t("nav.quality")} /><Problem of={asked.problem} retry={asked.reload} /></>;
  if (!asked.data) return <Waiting />;
  const rule = asked.data;
  const state = stateOf(rule);
  const facts: [ReactNode, ReactNode][] = [
    [t("quality.asset"), rule.entity ? <a href={link("dictionary", rule.entity)}>{called(rule.entity)}</a> : <span className="mono">{rule.asset}</span>],
    [t("field"), <span className="mono">{rule.field ?? "–"}</span>], [t("dimension"), t(`quality.dimension.${rule.dimension}` as Key)],
    [t("quality.at"), t(`quality.at.${rule.at}` as Key)], [t("gate"), <Tag tone={GATES[rule.gate] ?? "plain"}>{t(`gate.${rule.gate}` as Key)}</Tag>],
    [t("owner"), word(rule.owner_label)], [t("quality.severity"), t(`quality.severity.${rule.severity}` as Key)],
    [t("quality.tolerance"), `${(rule.tolerance * 100).toFixed(2)}%`], [t("models.origin"), t(`quality.origin.${rule.origin}`)], [t("quality.version"), <span className="mono">{rule.version}</span>],
    [t("failed"), rule.broken && looks && rule.at === "intake" ? <a href={`${link(rule.gate === "correct" ? "corrections" : "quarantine")}?rule=${encodeURIComponent(rule.id)}`}>{number(rule.broken)}</a> : number(rule.broken)],
  ];
  return (
    <>
      <p><a href="#/quality">← {t("nav.quality")}</a></p>
      <Head title={word(rule.label)} about={<span className="mono">{rule.id}</span>}><Tag tone={TONES[state]}>{t(`quality.state.${state}`)}</Tag></Head>
      <Panel><Facts of={facts} /></Panel>
      {rule.definition && (
        <Panel title={t("quality.definition")}>
          <p className="quiet">{t("quality.file")}: <span className="mono">{rule.definition.file}</span></p>
          <pre className="mono break">{JSON.stringify(rule.definition.correct === null ? rule.definition.check : { ...rule.definition.check, correct: rule.definition.correct }, null, 1)}</pre>
        </Panel>
      )}
      <GovernedBy kind="quality_rule" subject={rule.subject} label={t("changes.propose")} form={(now, close) => (rule.definition
        ? <TextForm kind="quality_rule" subject={rule.subject} text={now.text} title={`${t("changes.propose")} · ${word(rule.label)}`} off onClose={close} />
        : <BorneForm now={now} tolerance={rule.tolerance} severity={rule.severity} title={`${t("changes.propose")} · ${word(rule.label)}`} onClose={close} />)} />
      <Panel title={t("quality.verdicts")}><Verdicts of={rule.verdicts} /></Panel>
    </>
  );
}

function Verdicts({ of }: { of: Verdict[] }) {
  const { t, number, moment } = useSpeech();
  return (
    <Table<Verdict> fit label={t("quality.verdicts")} rows={of} id={(v) => `${v.round} ${v.asset}`} empty={<Nothing>{t("quality.verdicts.none")}</Nothing>} columns={[
      { name: "at", title: t("quality.tried"), width: 150, show: (v) => <span className="moment">{moment(v.at)}</span> },
      { name: "asset", title: t("quality.asset"), width: 150, show: (v) => <><span className="mono break">{v.asset}</span><div className="mono quiet break">{v.round}</div></> },
      { name: "state", title: t("quality.state"), width: 120, show: (v) => <><Tag tone={TONES[v.state]}>{t(`quality.state.${v.state}`)}</Tag>{v.message && <div className="quiet break">{v.message}</div>}</> },
      { name: "checked", title: t("checked"), align: "right", width: 90, show: (v) => number(v.checked) },
      { name: "broken", title: t("failed"), align: "right", width: 90, show: (v) => number(v.broken) },
      { name: "measure", title: t("quality.measure"), align: "right", width: 100, show: (v) => (v.measure === null ? "–" : number(v.measure)) },
      { name: "sample", title: t("quality.sample"), width: 200, show: (v) => (v.kept_back ? <span className="quiet">{t("models.kept_back")}</span> : <ul className="plain mono break">{v.sample.map((s) => <li key={s}>{s}</li>)}</ul>) },
    ]} />
  );
}
