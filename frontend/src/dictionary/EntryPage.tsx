import { useState } from "react";
import { query, useAsk, type EntityMeta, type Label } from "../api";
import { useSpeech, type Key } from "../i18n";
import { RuleWords } from "./RuleWords";
import { go, link, withSearch, type Route } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, DayInput, Facts, Head, Panel, Problem, Table, Tabs, Tag, Waiting } from "../ui";
import { DefinitionForm } from "./DefinitionForm";
import { Examples, Quality, Use } from "./Known";
import { History } from "./History";
import { TermForm } from "./TermForm";
import type { Entry, Whole } from "./model";

type Mapped = { source: string; table: string; field: string; columns: string[]; how: string };
type EntityPage = EntityMeta & { owner_label: Label; definition: Label | null; sources: Mapped[]; fields: (EntityMeta["fields"][number] & { overlaid: boolean; terms: Label[] })[] };

/** One entry: what it means, values, quality, use, and who changed it when. */
export function EntryPage({ subject, route }: { subject: string; route: Route }) {
  const { t, word } = useSpeech();
  const proposes = useMay("definitions:propose");
  const [editing, setEditing] = useState(false);
  const on = route.search.get("on");
  const asked = useAsk<Whole>(`/dictionary-entries/${encodeURIComponent(subject)}${query({ on })}`);
  if (asked.problem) return <><Head title={t("nav.dictionary")} /><Problem of={asked.problem} retry={asked.reload} /></>;
  if (!asked.data) return <Waiting />;
  const e = asked.data;
  const done = () => { setEditing(false); asked.reload(); };
  const items = [
    { key: "definition", label: t("definition"), children: <Defined of={e} route={route} /> },
    ...(e.kind === "field" ? [{ key: "examples", label: t("dictionary.examples"), children: <Examples subject={subject} /> }] : []),
    ...(e.kind === "term" ? [] : [
      { key: "quality", label: t("group.quality"), children: <Quality subject={subject} /> },
      { key: "use", label: t("dictionary.use"), children: <Use subject={subject} /> },
    ]),
    { key: "history", label: t("dictionary.history"), children: <History of={e.history} /> },
  ];
  const tab = route.search.get("tab") ?? "definition";
  return (
    <>
      <p><a href="#/dictionary">← {t("nav.dictionary")}</a>{e.field && e.kind !== "codes" && <> / <a href={link("dictionary", e.entity)}>{e.entity}</a></>}</p>
      <Head title={word(e.label)} about={e.definition ? word(e.definition) : t("dictionary.no_meaning")}>
        {e.kind === "entity" && <Button href={link("entities", e.entity)}>{t("dictionary.rows")}</Button>}
        {(e.kind === "entity" || e.kind === "model") && <Button href={link("contracts", e.entity)}>{t("dictionary.contract")}</Button>}
        {e.kind === "model" && <Button href={link("models", e.entity.replace(/^marts\./, ""))}>{t("dictionary.kind.model")}</Button>}
        {e.kind === "metric" && <Button href={link("metrics", e.entity)}>{t("dictionary.kind.metric")}</Button>}
        {e.kind === "rule" && <Button href={link("quality", e.entity)}>{t("dictionary.kind.rule")}</Button>}
        {(e.kind === "field" || e.kind === "column") && <Button href={`${link("lineage")}${query({ field: `${e.entity}.${e.field}` })}`}>{t("nav.lineage")}</Button>}
        {proposes && !["rule", "codes", "metric"].includes(e.kind) && !e.waiting && <Button type="primary" onClick={() => setEditing(true)}>{t("dictionary.propose")}</Button>}
        {e.waiting && <Button href={link("changes", e.waiting)}>{t("dictionary.waits")}</Button>}
      </Head>
      <div className="bar"><span className="quiet">{t("dictionary.on")}</span><span style={{ width: 160 }}><DayInput value={on ?? e.on} aria-label={t("dictionary.on")} onChange={(v: unknown) => go(withSearch(route, { on: v ? String(v) : null }))} /></span></div>
      <Panel><Tabs items={items} activeKey={items.some((i) => i.key === tab) ? tab : "definition"} onChange={(key) => go(withSearch(route, { tab: key }))} /></Panel>
      {editing && (e.kind === "term" ? <TermForm name={e.entity} term={e.term ?? undefined} onDone={done} onClose={() => setEditing(false)} /> : <DefinitionForm of={e} onDone={done} onClose={() => setEditing(false)} />)}
    </>
  );
}

function Defined({ of: e, route }: { of: Whole; route: Route }) {
  const { t, word, language } = useSpeech();
  const comma = language === "en" ? ", " : "、";
  const links = (entries: Entry[]) => entries.map((x, n) => <span key={x.subject}>{n > 0 && comma}<a href={link("dictionary", x.subject)}>{word(x.label)}</a></span>);
  return (
    <>
      <Facts of={[
        [t("technical"), <span className="mono break">{e.kind === "term" ? e.entity : e.subject}</span>], [t("kind"), <>{t(`dictionary.kind.${e.kind}` as Key)}{e.kind === "field" || e.kind === "column" ? ` · ${e.type}` : ""}</>],
        ...(e.classification ? [[t("classification"), t(`class.${e.classification}` as Key)] as [string, string]] : []),
        [t("synonyms"), e.synonyms.join(comma) || "–"],
        ...e.owners.map((o) => [t(`dictionary.owner.${o.kind}` as Key), word(o.label)] as [string, string]),
        ...(e.standard ? [[t("standard"), e.standard] as [string, string]] : []),
        ...(e.status ? [[t("status"), <Tag tone={e.status === "approved" ? "good" : "warn"}>{t(`dictionary.${e.status}`)}</Tag>] as [string, React.ReactNode]] : []),
        ...(e.since ? [[t("dictionary.since"), e.since] as [string, string]] : []),
        ...(e.terms.length ? [[t("dictionary.terms"), <>{links(e.terms)}</>] as [string, React.ReactNode]] : []),
        ...(e.parent ? [[t("dictionary.parent"), <a href={link("dictionary", `term:${e.parent}`)}>{e.parent}</a>] as [string, React.ReactNode]] : []),
        ...(e.children.length ? [[t("dictionary.children"), <>{links(e.children)}</>] as [string, React.ReactNode]] : []),
        ...(e.bound.length ? [[t("dictionary.bound"), <>{links(e.bound)}</>] as [string, React.ReactNode]] : []),
        ...(e.see.length ? [[t("dictionary.see"), <>{links(e.see)}</>] as [string, React.ReactNode]] : []),
      ]} />
      {e.overlaid && e.declared && (
        <p className="quiet">{t("dictionary.declared")}: {e.declared.definition ? word(e.declared.definition) : t("dictionary.no_meaning")} · {t("synonyms")}: {e.declared.synonyms.join(comma) || "–"} · {t("owner")}: {word(e.declared.owner_label)}</p>
      )}
      {e.codes.length > 0 && <Table fit label={t("dictionary.kind.codes")} rows={e.codes} id={(c) => c.code} columns={[
        { name: "code", title: t("dictionary.code"), show: (c) => <span className="mono">{c.code}</span> }, { name: "label", title: t("name"), show: (c) => word(c.label) },
      ]} />}
      {e.kind === "entity" && <Fields name={e.entity} field={route.search.get("field")} on={route.search.get("on")} />}
      {e.kind === "model" && <Columns name={e.entity} />}
    </>
  );
}

function Columns({ name }: { name: string }) {
  const { t, word } = useSpeech();
  const asked = useAsk<{ items: Entry[] }>(`/dictionary${query({ sort: "column" })}`);
  return (
    <>
      <h2>{t("columns")}</h2>
      <Problem of={asked.problem} retry={asked.reload} />
      <Table<Entry> fit label={t("columns")} loading={asked.loading} rows={(asked.data?.items ?? []).filter((c) => c.entity === name)} id={(c) => c.subject} columns={[
        { name: "name", title: t("technical"), show: (c) => <a className="mono" href={link("dictionary", c.subject)}>{c.field}</a> }, { name: "type", title: t("kind"), show: (c) => c.type },
        { name: "definition", title: t("definition"), show: (c) => (c.definition ? word(c.definition) : <span className="quiet">{t("dictionary.no_meaning")}</span>) },
      ]} />
    </>
  );
}

function Fields({ name, field, on }: { name: string; field: string | null; on: string | null }) {
  const { t, word } = useSpeech();
  const asked = useAsk<EntityPage>(`/dictionary/${name}${query({ on })}`);
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const page = asked.data;
  return (
    <>
      <Facts of={[[t("key"), <span className="mono">{page.key.join(", ")}</span>], [t("retention"), word(page.retention)]]} />
      <h2>{t("fields")}</h2>
      <Table fit label={t("fields")} rows={page.fields} id={(f) => f.name} columns={[
        { name: "label", title: t("name"), show: (f) => <><a href={link("dictionary", `${name}.${f.name}`)}>{f.name === field ? <strong>{word(f.label)}</strong> : word(f.label)}</a>{f.overlaid && <> <Tag tone="busy">{t("dictionary.own")}</Tag></>}</> },
        { name: "name", title: t("technical"), show: (f) => <span className="mono break">{f.name}</span> },
        { name: "type", title: t("kind"), show: (f) => <>{f.type} {f.key && <Tag tone="busy">{t("key")}</Tag>}{f.required && <Tag>{t("required.short")}</Tag>}</> },
        { name: "classification", title: t("classification"), show: (f) => <>{t(`class.${f.classification}` as Key)} {f.restricted && <Tag tone="warn">{t("value.restricted")}</Tag>}</> },
        { name: "definition", title: t("definition"), width: 180, show: (f) => <>{word(f.definition ?? null)}{f.terms.map((l) => <Tag key={l.en}>{word(l)}</Tag>)}</> },
        { name: "reference", title: t("reference"), show: (f) => f.reference ? <a href={link("dictionary", f.reference)}>{f.reference}</a> : "" },
        { name: "standard", title: t("standard"), show: (f) => f.standard ?? "" },
        { name: "rules", title: t("rules"), width: 180, show: (f) => <RuleWords rules={f.checks ?? []} /> },
      ]} />
      <h2>{t("dictionary.sources")}</h2>
      <Table<Mapped> fit label={t("dictionary.sources")} rows={page.sources} id={(m) => `${m.source}.${m.table}.${m.field}`} columns={[
        { name: "field", title: t("field"), show: (m) => <span className="mono">{m.field}</span> },
        { name: "source", title: t("source"), show: (m) => m.source },
        { name: "table", title: t("table"), show: (m) => m.table },
        { name: "columns", title: t("columns"), show: (m) => <span className="mono">{m.columns.join(", ")}</span> },
        { name: "how", title: t("how"), show: (m) => m.how },
      ]} />
    </>
  );
}
