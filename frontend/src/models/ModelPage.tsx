import type { ReactNode } from "react";
import { useAsk } from "../api";
import { useSpeech, type Key } from "../i18n";
import { go, link, withSearch, type Route } from "../shell/route";
import { Facts, Head, Panel, Problem, Table, Tabs, Tag, Waiting } from "../ui";
import { Data } from "../reading/Data";
import { Cases } from "./Cases";
import { Findings } from "./Findings";
import { Lineage } from "./Lineage";
import { STANDINGS, TONES, stateOf, type One } from "./model";
import { Sql } from "./texts";
import { Versions } from "./Versions";

/** One model: what it means and whether it is so, what it holds, how it is made, from what and for whom, since when. */
export function ModelPage({ name, route }: { name: string; route: Route }) {
  const { t, word, number } = useSpeech();
  const asked = useAsk<One>(`/models/${encodeURIComponent(name)}`);
  if (asked.problem) return <><Head title={t("nav.models")} /><Problem of={asked.problem} retry={asked.reload} /></>;
  if (!asked.data) return <Waiting />;
  const model = asked.data;
  const state = stateOf(model);
  const tabs = [
    { key: "tests", label: t("models.tab.tests"), children: <Overview of={model} /> },
    ...(model.rows === null ? [] : [{ key: "data", label: t("models.tab.data"), children: <Data name={model.name} route={route} />, destroyOnHidden: true }]),
    { key: "columns", label: t("models.tab.columns"), children: <Columns of={model} /> },
    { key: "text", label: t("models.tab.text"), children: <Sql of={model.text} /> },
    { key: "lineage", label: t("models.tab.lineage"), children: <Lineage of={model} /> },
    { key: "versions", label: t("models.tab.versions"), children: <Versions of={model} /> },
    { key: "cases", label: t("models.tab.cases"), children: <Cases of={model} /> },
  ];
  const tab = route.search.get("tab") ?? "tests";
  return (
    <>
      <p><a href="#/models">← {t("nav.models")}</a></p>
      <Head title={word(model.label)} about={word(model.meaning)}>
        <Tag tone={TONES[state]}>{t(`models.state.${state}` as Key)}</Tag>
        {model.standing !== "in_force" && <a href="#/model-plan"><Tag tone={STANDINGS[model.standing]}>{t(`models.standing.${model.standing}`)}</Tag></a>}
      </Head>
      {model.held && (
        <div className="problem" role="alert">
          <strong>{t("models.held.title")}</strong>
          <p>{t("models.held.about", { n: number(model.held.rows) })}</p>
          <Findings of={model.held.tests} label={t("models.held.title")} />
        </div>
      )}
      <Panel>
        <Tabs items={tabs} activeKey={tabs.some((x) => x.key === tab) ? tab : "tests"} onChange={(key) => go(withSearch(route, { tab: key === "tests" ? null : key }))} />
      </Panel>
    </>
  );
}

function Overview({ of }: { of: One }) {
  const { t, word, number, moment } = useSpeech();
  return (
    <>
      <Facts of={[
        [t("technical"), <span className="mono">{of.table}</span>], [t("models.grain"), of.grain.length ? <span className="mono">{of.grain.join(", ")}</span> : t("models.grain.none")],
        ...(of.partition ? [[t("models.partition"), <span className="mono break">{of.partition}</span>] as [ReactNode, ReactNode]] : []),
        [t("owner"), word(of.owner_label)], [t("models.origin"), t(`models.origin.${of.origin}`)], [t("models.version"), of.version ?? "–"],
        [t("rows"), of.rows === null ? "–" : number(of.rows)], [t("models.built"), of.built_at ? t("models.built.in", { at: moment(of.built_at), n: (of.seconds ?? 0).toFixed(2) }) : t("models.state.unbuilt")],
      ]} />
      <section className="part"><h2>{t("models.tests")}</h2><Findings of={of.tests_said} label={t("models.tests")} /></section>
    </>
  );
}

function Columns({ of }: { of: One }) {
  const { t } = useSpeech();
  return (
    <Table fit label={t("models.tab.columns")} rows={of.columns} id={(c) => c.name} columns={[
      { name: "name", title: t("name"), show: (c) => <><a className="mono" href={`${link("lineage")}?field=${encodeURIComponent(`${of.table}.${c.name}`)}`} title={t("nav.lineage")}>{c.name}</a> {of.grain.includes(c.name) && <Tag tone="busy">{t("models.grain")}</Tag>}</> },
      { name: "type", title: t("kind"), show: (c) => <span className="mono">{c.type}</span> },
    ]} />
  );
}

