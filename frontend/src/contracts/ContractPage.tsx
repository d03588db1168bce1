import { address, query, useAsk } from "../api";
import { useSpeech, type Key } from "../i18n";
import { go, link, withSearch, type Route } from "../shell/route";
import { Button, Facts, Head, Nothing, Panel, Part, Problem, Table, Tabs, Tag, Waiting } from "../ui";
import { Checked, Differences, Verdict } from "./Differences";
import type { Field, Whole } from "./model";

/** One contract: what it promises, its versions, what a release now would change, who expects something of it. */
export function ContractPage({ subject, route }: { subject: string; route: Route }) {
  const { t, word, number, language } = useSpeech();
  const path = `/contracts/${encodeURIComponent(subject)}`;
  const asked = useAsk<Whole>(`${path}/standing`);
  if (asked.problem) return <><Head title={t("nav.contracts")} /><Problem of={asked.problem} retry={asked.reload} /></>;
  if (!asked.data) return <Waiting />;
  const c = asked.data;
  const items = [
    { key: "promised", label: t("contracts.promised"), children: <Promised of={c} /> },
    { key: "pending", label: `${t("contracts.pending")}${c.pending.length ? ` ${number(c.pending.length)}` : ""}`, children: <Pending of={c} /> },
    { key: "versions", label: `${t("contracts.versions")} ${number(c.versions.length)}`, children: <Versions of={c} path={path} /> },
    { key: "expected", label: `${t("contracts.expected")}${c.expected.length ? ` ${number(c.expected.length)}` : ""}`, children: <Expected of={c} /> },
  ];
  return (
    <>
      <p><a href="#/contracts">← {t("nav.contracts")}</a></p>
      <Head title={word(c.label)} about={c.grain?.split(" · ")[language === "en" ? 1 : 0]}>
        {c.verdict && <Verdict of={c.verdict} />}
        <Button href={link("dictionary", subject)}>{t("nav.dictionary")}</Button>
        <Button href={address(path)}>YAML</Button>
        <Button href={address(`${path}${query({ form: "json" })}`)}>JSON</Button>
      </Head>
      <Panel><Facts of={[
        [t("technical"), <span className="mono break">{c.subject}</span>], [t("contracts.version"), <span className="mono">{c.version ?? "–"}</span>], [t("handbook.release"), <span className="mono break">{c.release ?? "–"}</span>],
        ...c.team.map((m) => [t(`contracts.team.${m.role}` as Key), word(m.label)] as [string, string]),
      ]} /></Panel>
      <Panel><Tabs items={items} activeKey={route.search.get("tab") ?? "promised"} onChange={(tab) => go(withSearch(route, { tab }))} /></Panel>
    </>
  );
}

function Promised({ of }: { of: Whole }) {
  const { t, word, number, language } = useSpeech();
  return (
    <>
      <Table<Field> fit label={t("fields")} rows={of.fields} id={(f) => f.name} columns={[
        { name: "label", title: t("name"), width: 150, show: (f) => word(f.label) }, { name: "name", title: t("technical"), width: 160, show: (f) => <a className="mono break" href={link("dictionary", `${of.subject}.${f.name}`)}>{f.name}</a> },
        { name: "type", title: t("kind"), width: 170, show: (f) => <>{f.type} <span className="mono quiet">{f.stored}</span> {f.key && <Tag tone="busy">{t("key")}</Tag>}{f.required && <Tag>{t("required.short")}</Tag>}</> },
        { name: "classification", title: t("classification"), width: 100, show: (f) => (f.classification ? t(`class.${f.classification}` as Key) : "–") },
        { name: "codes", title: t("dictionary.kind.codes"), width: 220, show: (f) => <span className="mono break">{f.codes.join(language === "en" ? ", " : "、")}</span> },
        { name: "rules", title: t("rules"), width: 80, align: "right", show: (f) => (f.rules ? number(f.rules) : "") },
      ]} />
      {of.promises.length > 0 && <Part title={t("contracts.levels")}><ul>{of.promises.map((p) => <li key={`${p.property} ${p.label.en}`}><span className="mono">{p.property} {p.value} {p.unit ?? ""}</span> <span className="quiet">{word(p.label)}</span></li>)}</ul></Part>}
    </>
  );
}

function Pending({ of }: { of: Whole }) {
  const { t } = useSpeech();
  if (!of.version) return <Nothing>{t("contracts.first")}</Nothing>;
  return (
    <>
      {of.verdict && <p role="status"><span className="mono">{of.version} → {of.next}</span> <Verdict of={of.verdict} /> {t("contracts.pending.about")}</p>}
      <Differences of={of.pending} label={t("contracts.pending")} />
    </>
  );
}

function Versions({ of, path }: { of: Whole; path: string }) {
  const { t, moment } = useSpeech();
  if (of.versions.length === 0) return <Nothing>{t("contracts.first")}</Nothing>;
  return (
    <>{of.versions.map((v) => (
      <details key={v.version} open={v === of.versions[0] && v.differences.length > 0}>
        <summary><strong className="mono">{v.version}</strong> {v.verdict && <Verdict of={v.verdict} />} <span className="quiet">{moment(v.at)} · <span className="mono">{v.release}</span></span></summary>
        {!v.gone && <p><a href={address(`${path}${query({ version: v.version })}`)}>YAML</a></p>}
        {v.verdict ? <Differences of={v.differences} label={v.version} /> : <p className="quiet">{t("contracts.version.first")}</p>}
      </details>
    ))}</>
  );
}

function Expected({ of }: { of: Whole }) {
  const { t, word } = useSpeech();
  if (of.expected.length === 0) return <Nothing>{t("contracts.expected.none")}</Nothing>;
  return <>{of.expected.map((e) => (
    <Part key={e.name} title={<><a href={link("contracts", "others", e.name)}>{e.name}</a> <Verdict of={e.check.verdict} /> {e.blocks && <Tag tone="warn">{t("contracts.blocks")}</Tag>} <span className="quiet">{word(e.owner_label)}</span></>}><Checked of={e.check} /></Part>
  ))}</>;
}
