import { useEffect, useState } from "react";
import { address, asProblem, send, useAsk, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { Columns } from "../profile/Columns";
import { Changes, Relations } from "../profile/Relations";
import { Suggestions } from "../profile/Suggestions";
import { LAYERS, percent, type Line, type Whole } from "../profile/model";
import { go, link, withSearch, type Route } from "../shell/route";
import { Button, Head, Input, Nothing, Panel, Problem, Progress, Select, Table, Tag, Waiting } from "../ui";

const AGAIN = 700; // milliseconds between looks at a profile that is being taken

export default function Profiles({ route }: { route: Route }) {
  const table = route.path[1];
  return table ? <One key={table} table={table} /> : <List route={route} />;
}

function List({ route }: { route: Route }) {
  const { t, word, number, moment } = useSpeech();
  const asked = useAsk<{ items: Line[] }>("/profiles");
  const [layer, text] = [route.search.get("layer") ?? "", (route.search.get("q") ?? "").toLowerCase()];
  const found = (asked.data?.items ?? []).filter((l) => (!layer || l.layer === layer) && `${l.table} ${l.label.zh} ${l.label.en}`.toLowerCase().includes(text));
  return (
    <>
      <Head title={t("nav.profiles")} about={t("profiles.about")} />
      <Panel>
        <div className="bar">
          <Select style={{ width: 150 }} aria-label={t("profiles.layer")} value={layer} onChange={(v: string) => go(withSearch(route, { layer: v || null }))}
            options={[{ value: "", label: t("profiles.layer.all") }, ...LAYERS.map((l) => ({ value: l, label: t(`profiles.layer.${l}`) }))]} />
          <Input style={{ width: 220 }} allowClear aria-label={t("profiles.search")} placeholder={t("profiles.search")} defaultValue={route.search.get("q") ?? ""} onChange={(e) => go(withSearch(route, { q: e.target.value || null }))} />
        </div>
        <Problem of={asked.problem} retry={asked.reload} />
        {!asked.problem && !asked.data && <Waiting />}
        {asked.data && (
          <Table<Line> fit label={t("nav.profiles")} rows={found} id={(l) => l.table} empty={<Nothing>{t("profiles.none")}</Nothing>} columns={[
            { name: "table", title: t("table"), width: 300, show: (l) => <><a href={link("profiles", l.table)}>{word(l.label)}</a><div className="mono quiet break">{l.table}</div></> },
            { name: "layer", title: t("profiles.layer"), width: 110, show: (l) => t(`profiles.layer.${l.layer as (typeof LAYERS)[number]}`) },
            { name: "rows", title: t("profiles.rows"), align: "right", width: 100, show: (l) => number(l.rows) },
            { name: "taken", title: t("profiles.taken"), width: 210, show: (l) => (l.taken_at ? <>{moment(l.taken_at)} {!l.is_current && <Tag tone="warn">{t("profiles.old")}</Tag>}</> : <span className="quiet">{t("profiles.never")}</span>) },
            { name: "findings", title: t("profiles.findings"), align: "right", width: 110, show: (l) => (l.findings ? <Tag tone="bad">{number(l.findings)}</Tag> : l.findings === 0 ? "0" : "–") },
          ]} />
        )}
      </Panel>
    </>
  );
}

function One({ table }: { table: string }) {
  const { t, word, number, moment } = useSpeech();
  const at = `/profiles/${encodeURIComponent(table)}`;
  const asked = useAsk<Whole>(at);
  const [problem, setProblem] = useState<ProblemError>();
  const [kept, setKept] = useState<Whole>();
  const busy = Boolean(kept?.underway);
  const { data, reload } = asked;
  useEffect(() => { if (data) setKept(data); }, [data]);
  useEffect(() => {
    if (!busy) return;
    const timer = window.setInterval(reload, AGAIN);
    return () => window.clearInterval(timer);
  }, [busy, reload]);
  const take = async () => {
    setProblem(undefined);
    try {
      await send("POST", at);
      reload();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  if (asked.problem) return <><Head title={t("nav.profiles")} /><Problem of={asked.problem} retry={reload} /></>;
  if (!kept) return <Waiting />;
  const made = kept.profile;
  return (
    <>
      <p><a href="#/profiles">← {t("nav.profiles")}</a></p>
      <Head title={word(kept.label)} about={<span className="mono">{kept.table}</span>}>
        {made && <Button href={address(`${at}/columns.csv`)}>{t("export")}</Button>}
        <Button type="primary" loading={busy} onClick={() => void take()}>{t(made ? "profiles.again" : "profiles.take")}</Button>
      </Head>
      <Problem of={problem} />
      {kept.fault && <Panel><p role="alert">{kept.fault.text}<br /><span className="quiet">{kept.fault.hint}</span></p></Panel>}
      {kept.underway && <Panel><p role="status">{t("profiles.underway", { what: kept.underway.what })}</p><Progress aria-label={t("profiles.take")} percent={kept.underway.total ? Math.round((kept.underway.done / kept.underway.total) * 100) : 0} /></Panel>}
      {!made && !busy && <Panel><Nothing>{t("profiles.none.yet", { n: number(kept.rows) })}</Nothing></Panel>}
      {made && (
        <>
          <Panel title={t("profiles.columns")}>
            <p className="quiet">
              {t("profiles.rows.of", { n: number(made.rows) })} · {moment(made.at)} · {t("profiles.seconds", { n: made.seconds })}
              {made.sampled < made.rows && <> · {t("profiles.sampled", { share: percent(made.sampled, made.rows), n: number(made.sampled) })}</>} {!kept.is_current && <Tag tone="warn">{t("profiles.old")}</Tag>}
            </p>
            <Columns of={made} />
          </Panel>
          <Changes of={kept.changes} />
          <Relations of={made} />
          <Suggestions key={made.at} table={table} round={0} />
        </>
      )}
    </>
  );
}
