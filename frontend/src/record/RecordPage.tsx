import { useCallback, useEffect, useRef, useState } from "react";
import { asProblem, get, getTagged, useAsk, type EntityMeta, type Field, type Problem as ProblemError, type Row } from "../api";
import { useSpeech } from "../i18n";
import { History } from "../audit/History";
import { EntityForm } from "../meta/EntityForm";
import { Value } from "../meta/Value";
import { KeptBack, withheldIn } from "../sharing/KeptBack";
import { useInbox } from "../shell/inbox";
import { useNames } from "../shell/names";
import { go, link, withSearch, type Route } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Drawer, Due, Head, oneOf, Problem, Table, Tabs, Tag, Waiting } from "../ui";
import { ActDialog } from "./ActDialog";
import { Acts } from "./Acts";
import { doer, stateOf, type Act, type Case, type Correction, type Detail, type Outcome } from "./case";
import { Deeds, Limits } from "./Deeds";
import { Lines } from "./Lines";
import { Linked, Origin, TraceOf } from "./Linked";
import { StatusBar } from "./StatusBar";
import { AskToSee, MaskedValue } from "./Unmask";

type Read = { body: Detail; tag: string; of: Case | null; turn: number };

/** One record: where it stands, what may be done, its data and lines, what was signed, what is due, what belongs to it. */
export function RecordPage({ name, id, route }: { name: string; id: string; route: Route }) {
  const { t } = useSpeech();
  const meta = useAsk<EntityMeta>(`/meta/${name}`);
  const [read, setRead] = useState<Read>();
  const [problem, setProblem] = useState<ProblemError>();
  const hasCase = meta.data ? meta.data.process !== null : undefined;
  const load = useCallback(async () => {
    if (hasCase === undefined) return;
    setProblem(undefined);
    try {
      const { body, tag } = await getTagged<Detail>(`/entities/${name}/${encodeURIComponent(id)}`);
      const real = String(body.item._id);
      if (real !== id) return window.location.replace(link("entities", name, real)); // it was called by its key
      const of = hasCase ? await get<Case>(`/entities/${name}/${encodeURIComponent(real)}/case`) : null;
      setRead((before) => ({ body, tag, of, turn: (before?.turn ?? 0) + 1 }));
    } catch (error) {
      setProblem(asProblem(error));
    }
  }, [name, id, hasCase]);
  useEffect(() => void load(), [load]);
  if (problem ?? meta.problem) return <><Head title={t("nav.entities")} /><Problem of={problem ?? meta.problem} retry={() => void load()} /></>;
  if (!meta.data || !read) return <Waiting />;
  return <Loaded meta={meta.data} read={read} load={load} route={route} />;
}

function Loaded({ meta, read, load, route }: { meta: EntityMeta; read: Read; load: () => Promise<void>; route: Route }) {
  const { t, word, language } = useSpeech();
  const inbox = useInbox();
  const [editing, setEditing] = useState(false);
  const [acting, setActing] = useState<Act | null>(null);
  const [said, setSaid] = useState<{ act: Act; outcome: Outcome }>();
  const status = useRef<HTMLElement>(null);
  const { item } = read.body;
  const of = read.of;
  const flags = Array.isArray(item._flags) ? (item._flags as string[]) : [];
  const again = async () => { await load(); inbox.reload(); };
  const done = (act: Act, outcome: Outcome) => {
    setActing(null);
    setSaid({ act, outcome });
    void again().then(() => status.current?.focus());
  };
  return (
    <>
      <p className="crumb"><a href={link("entities", meta.name)}>← {word(meta.label)}</a></p>
      <Head title={oneOf(String(item[meta.title] ?? item._id), language)} about={<About meta={meta} item={item} of={of} />}>
        {meta.can.update && (!of || of.changes.includes("change")) && <Button onClick={() => setEditing(true)}>{t("edit")}</Button>}
      </Head>
      <KeptBack of={read.body.sharing} fields={meta.fields} />
      {flags.length > 0 && <p>{flags.map((f) => <Tag key={f} tone="warn">{f}</Tag>)}</p>}
      {of && (
        <section className="panel case" aria-label={t("case.status")} ref={status} tabIndex={-1}>
          <StatusBar of={of} />
          {said && <p role="status" className="said"><Said {...said} of={of} /></p>}
          <Acts entity={meta.name} id={String(item._id)} turn={read.turn} acts={of.acts} onAct={(a) => { setSaid(undefined); setActing(a); }} />
        </section>
      )}
      <section className="panel sections"><Sections meta={meta} read={read} route={route} again={again} /></section>
      {of && <ActDialog entity={meta.name} meta={meta} item={item} tag={read.tag} of={of} act={acting} onDone={done} onClose={() => setActing(null)} />}
      <Drawer open={editing} title={t("edit")} onClose={() => setEditing(false)} size="large" destroyOnHidden>
        <EntityForm meta={meta} item={item} tag={read.tag} explain={!!of && !meta.process?.initial.includes(of.state)}
          onSaved={() => { setEditing(false); void again(); }} />
      </Drawer>
    </>
  );
}

/** What an act brought about, or who must still sign before it does. */
function Said({ act, outcome, of }: { act: Act; outcome: Outcome; of: Case }) {
  const { t, word, language } = useSpeech();
  if (outcome.awaiting.length === 0) return <>{t("act.done", { act: word(act.label), state: word(stateOf(of.states, outcome.state)) })}</>;
  const who = act.who.filter((w) => outcome.awaiting.includes(w.role)).map((w) => word(w.label)).join(language === "en" ? ", " : "、");
  return <>{t("act.done.waits", { act: word(act.label), who })}</>;
}

/** What the record is called besides its title, and the limit that runs out first. */
function About({ meta, item, of }: { meta: EntityMeta; item: Row; of: Case | null }) {
  const { t, word } = useSpeech();
  const rest = meta.key.filter((k) => k !== meta.title).map((k) => [k, String(item[`${k}__code`] ?? item[k] ?? "")] as const).filter(([, value]) => value);
  const called = (name: string) => word(meta.fields.find((f) => f.name === name)?.label) || name;
  const next = of?.deadlines.find((d) => d.met_at === null);
  return (
    <>
      {rest.map(([name, value]) => <span key={name}>{called(name)} <span className="mono">{value}</span> </span>)} {of && <Tag tone={of.closed ? "plain" : "busy"}>{word(stateOf(of.states, of.state))}</Tag>}
      {next && <> {word(next.label)} <Due at={next.due_at} /></>}
      {of && <span className="quiet"> {t("case.by", { who: doer(of.opened_by_name, t) })}</span>}
    </>
  );
}

/** The record's own values: short ones side by side, paragraphs below them, and the names of those still open. */
function Values({ meta, read, again }: { meta: EntityMeta; read: Read; again: () => Promise<void> }) {
  const { t, word, language } = useSpeech();
  const [asking, setAsking] = useState<string>();
  const { item, unmasked } = read.body;
  const isOpen = (f: Field) => !f.masked && !withheldIn(item, f.name) && (item[f.name] ?? "") === "" && !item[`${f.name}__code`];
  const filled = meta.fields.filter((f) => !isOpen(f));
  const open = meta.fields.filter(isOpen).map((f) => word(f.label));
  return (
    <>
      <dl className="values">
        {[...filled.filter((f) => !f.long), ...filled.filter((f) => f.long)].map((f) => (
          <div key={f.name} className={f.long ? "wide" : undefined}><dt>{word(f.label)}</dt><dd>
            {f.masked && !withheldIn(item, f.name) ? <MaskedValue field={f} item={item} unmasked={unmasked} onAsk={setAsking} /> : <Value field={f} row={item} />}
          </dd></div>
        ))}
      </dl>
      <AskToSee meta={meta} item={item} unmasked={unmasked} field={asking} onClose={() => setAsking(undefined)} onDone={() => { setAsking(undefined); void again(); }} />
      {open.length > 0 && <p className="quiet open">{t("values.open", { names: open.join(language === "en" ? ", " : "、") })}</p>}
    </>
  );
}

function Sections({ meta, read, route, again }: { meta: EntityMeta; read: Read; route: Route; again: () => Promise<void> }) {
  const { t, word } = useSpeech();
  const { item, lineage, corrections, related } = read.body;
  const of = read.of;
  const traces = useMay("trace:read");
  const names = useNames();
  const parts = meta.parts.map((p) => related.find((r) => r.entity === p && r.part)).filter((r) => r !== undefined);
  const others = related.filter((r) => !r.part);
  const lot = typeof item.lot_no === "string" ? item.lot_no : "";
  const code = String(item.item__code ?? item.item ?? "");
  const labels = new Map(meta.fields.map((f) => [f.name, word(f.label)]));
  const many = (text: string, n: number) => (n ? `${text} ${n}` : text);
  const items = [
    { key: "data", label: t("tab.data"), children: <Values meta={meta} read={read} again={again} /> },
    ...parts.map((p) => ({
      key: p.entity, label: many(word(names.get(p.entity)), p.count),
      children: <Lines part={p.entity} filters={p.filters} whole={item} frozen={!!of && of.changes.length === 0} explain={!!of && !meta.process?.initial.includes(of.state)} onChange={() => void again()} />,
    })),
    ...(of ? [
      { key: "deeds", label: many(t("tab.deeds"), of.signatures.length), children: <Deeds of={of} meta={meta} id={String(item._id)} /> },
      { key: "limits", label: many(t("tab.limits"), of.deadlines.filter((d) => d.met_at === null).length), children: <Limits of={of.deadlines} /> },
    ] : []),
    { key: "related", label: many(t("detail.related"), others.length), children: <Linked of={others} /> },
    ...(lot && code && traces ? [{ key: "trace", label: t("nav.trace"), children: <TraceOf item={code} lot={lot} /> }] : []),
    ...(meta.native ? [{ key: "history", label: t("tab.history"), children: <History meta={meta} id={String(item._id)} key={read.turn} /> }] : [{ key: "origin", label: t("detail.origin"), children: <Origin of={lineage} /> }]),
    ...(corrections.length ? [{ key: "corrections", label: many(t("detail.corrections"), corrections.length), children: (
      <Table<Correction> label={t("detail.corrections")} rows={corrections} id={(c) => c.field + c.rule} columns={[
        { name: "field", title: t("field"), show: (c) => labels.get(c.field) ?? c.field },
        { name: "before", title: t("before"), show: (c) => <span className="mono">{c.before}</span> },
        { name: "after", title: t("after"), show: (c) => <span className="mono">{c.after}</span> },
        { name: "rule", title: t("rule"), show: (c) => <span className="mono">{c.rule}</span> },
      ]} />
    ) }] : []),
  ];
  return <Tabs items={items} activeKey={route.search.get("tab") ?? "data"} onChange={(tab) => go(withSearch(route, { tab: tab === "data" ? null : tab }))} />;
}
