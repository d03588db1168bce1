import { useState } from "react";
import { address, send, useAsk, type Label } from "../api";
import { useSpeech, type Key } from "../i18n";
import { Reasoned } from "../shell/Reasoned";
import { go, link, type Route } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Drawer, Facts, Head, Modal, Nothing, Panel, Problem, Table, Tag, Waiting, type Tone } from "../ui";

type State = "draft" | "in_force" | "superseded" | "withdrawn";
type Listed = { id: string; version: number; state: State; as_of: string; release: string | null; prepared_by: string; prepared_name: string | null; at: string; in_force_at: string | null; chapters: number; signed: number; changes: number; content_hash: string; reason: string };
type Signature = { signature: string; printed_name: string; role_label: Label; meaning_label: Label; signed_at: string; content_hash: string; stands: boolean; reason: string | null };
type Chapter = { name: string; label: Label; signs: { role: string; label: Label }[]; shown: string; counts: Record<string, number>; signature: Signature | null; may_sign: boolean };
type Change = { subject: string; kind: "added" | "removed" | "changed"; label: Label; what: { name: string; before: Label; after: Label }[] };
type Issue = Listed & { company: string; since: string | null; changes: Change[]; chapters: Chapter[]; gaps: { columns: number; without_meaning: number } };
const TONES: Record<State, Tone> = { draft: "warn", in_force: "good", superseded: "plain", withdrawn: "plain" };
const KINDS: Record<Change["kind"], Tone> = { added: "good", removed: "bad", changed: "busy" };
const WHOLE = "*";

/** The handbook: its issues; one of them with its sign page and what changed. */
export default function Handbook({ route }: { route: Route }) {
  return route.path[1] ? <IssuePage key={route.path[1]} id={route.path[1]} /> : <Issues />;
}

function Issues() {
  const { t, number, moment } = useSpeech();
  const asked = useAsk<{ items: Listed[]; number: string; drafts: boolean }>("/handbook");
  const [drafting, setDrafting] = useState(false);
  return (
    <>
      <Head title={t("nav.handbook")} about={t("handbook.about")}>
        {asked.data?.drafts && !asked.data.items.some((i) => i.state === "draft") && <Button type="primary" onClick={() => setDrafting(true)}>{t("handbook.draft")}</Button>}
      </Head>
      <Panel>
        <Problem of={asked.problem} retry={asked.reload} />
        <Table<Listed> fit label={t("nav.handbook")} rows={asked.data?.items ?? []} id={(i) => i.id} loading={asked.loading} empty={<Nothing>{t("handbook.none")}</Nothing>} columns={[
          { name: "id", title: t("handbook.issue"), width: 130, show: (i) => <a href={link("handbook", i.id)}>{i.id}</a> },
          { name: "state", title: t("status"), width: 110, show: (i) => <Tag tone={TONES[i.state]}>{t(`handbook.state.${i.state}` as Key)}</Tag> },
          { name: "as_of", title: t("handbook.as_of"), width: 110, show: (i) => i.as_of }, { name: "release", title: t("handbook.release"), width: 190, show: (i) => <span className="mono break">{i.release ?? "–"}</span> },
          { name: "signed", title: t("handbook.signed"), width: 90, align: "right", show: (i) => `${number(i.signed)} / ${number(i.chapters)}` }, { name: "changes", title: t("handbook.changes.n"), width: 90, align: "right", show: (i) => number(i.changes) },
          { name: "prepared", title: t("handbook.prepared"), width: 140, show: (i) => <>{i.prepared_name ?? i.prepared_by}<div className="quiet">{moment(i.at)}</div></> },
          { name: "in_force", title: t("handbook.in_force_at"), width: 140, show: (i) => (i.in_force_at ? moment(i.in_force_at) : "–") },
        ]} />
      </Panel>
      <Modal open={drafting} title={t("handbook.draft")} footer={null} onCancel={() => setDrafting(false)} destroyOnHidden>
        <p>{t("handbook.draft.about")}</p>
        <Reasoned label={t("handbook.draft")} onDone={() => { setDrafting(false); asked.reload(); }} decide={async (reason) => go(link("handbook", (await send<{ id: string }>("POST", "/handbook", { reason })).id))} />
      </Modal>
    </>
  );
}

type Doing = { kind: "sign"; chapter: Chapter } | { kind: "withdraw" };

function IssuePage({ id }: { id: string }) {
  const { t, word, number, moment, language, has } = useSpeech();
  const drafts = useMay("handbook:draft");
  const [doing, setDoing] = useState<Doing>();
  const [looking, setLooking] = useState<Chapter>();
  const path = `/handbook/${encodeURIComponent(id)}`;
  const asked = useAsk<Issue>(path);
  if (asked.problem) return <><Head title={t("nav.handbook")} /><Problem of={asked.problem} retry={asked.reload} /></>;
  if (!asked.data) return <Waiting />;
  const issue = asked.data;
  const lang = language === "en" ? "en" : "zh";
  const done = () => { setDoing(undefined); asked.reload(); };
  const called = (c: Chapter) => (c.name === WHOLE ? t("handbook.put") : t("handbook.sign"));
  return (
    <>
      <p><a href="#/handbook">← {t("nav.handbook")}</a></p>
      <Head title={`${t("nav.handbook")} ${issue.id}`} about={issue.reason}>
        <Tag tone={TONES[issue.state]}>{t(`handbook.state.${issue.state}` as Key)}</Tag>
        <Button href={address(`${path}/pdf?language=${lang}`)}>PDF/A</Button>
        <Button href={address(`${path}/html?language=${lang}`)}>HTML</Button>
        {drafts && issue.state === "draft" && <Button danger onClick={() => setDoing({ kind: "withdraw" })}>{t("handbook.withdraw")}</Button>}
      </Head>
      {issue.state === "draft" && <p role="note" className="problem">{t("handbook.draft.note")}</p>}
      <Panel><Facts of={[
        [t("handbook.as_of"), issue.as_of], [t("handbook.release"), <span className="mono">{issue.release ?? "–"}</span>], [t("handbook.prepared"), `${issue.prepared_name ?? issue.prepared_by} · ${moment(issue.at)}`],
        [t("handbook.in_force_at"), issue.in_force_at ? moment(issue.in_force_at) : "–"], [t("handbook.hash"), <span className="mono break">{issue.content_hash}</span>],
        [t("handbook.gaps"), `${number(issue.gaps.without_meaning)} / ${number(issue.gaps.columns)}`],
      ]} /></Panel>
      <Panel title={t("handbook.signatures")}>
        <Table<Chapter> fit label={t("handbook.signatures")} rows={issue.chapters} id={(c) => c.name} columns={[
          { name: "chapter", title: t("handbook.chapter"), width: 150, show: (c) => (c.name === WHOLE ? <strong>{word(c.label)}</strong> : <Button size="small" type="link" style={{ padding: 0 }} onClick={() => setLooking(c)}>{word(c.label)}</Button>) },
          { name: "holds", title: t("handbook.holds"), width: 200, show: (c) => <span className="quiet">{Object.entries(c.counts).filter(([, n]) => n > 0).map(([part, n]) => `${t(`handbook.part.${part}` as Key)} ${number(n)}`).join(" · ")}</span> },
          { name: "signs", title: t("handbook.signs"), width: 150, show: (c) => c.signs.map((s) => word(s.label)).join(" / ") },
          { name: "signature", title: t("handbook.signature"), width: 260, show: (c) => (c.signature ? (
            <><Tag tone={c.signature.stands ? "good" : "bad"}>{word(c.signature.meaning_label)}</Tag> {c.signature.printed_name} ({word(c.signature.role_label)})<div className="quiet">{moment(c.signature.signed_at)}</div><div className="mono quiet break">{c.signature.content_hash}</div></>
          ) : <span className="quiet">{t("handbook.unsigned")}</span>) },
          { name: "do", title: t("action"), width: 110, show: (c) => c.may_sign && <Button size="small" type="primary" onClick={() => setDoing({ kind: "sign", chapter: c })}>{called(c)}</Button> },
        ]} />
      </Panel>
      <Panel title={`${t("handbook.changes")}${issue.since ? ` ${issue.since}` : ""}`}>
        {issue.since === null ? <p className="quiet">{t("handbook.first")}</p> : (
          <Table<Change> fit label={t("handbook.changes")} rows={issue.changes} id={(c) => `${c.kind} ${c.subject}`} empty={<Nothing>{t("handbook.unchanged")}</Nothing>} columns={[
            { name: "kind", title: t("kind"), width: 90, show: (c) => <Tag tone={KINDS[c.kind]}>{t(`handbook.kind.${c.kind}` as Key)}</Tag> },
            { name: "label", title: t("name"), width: 150, show: (c) => word(c.label) }, { name: "subject", title: t("technical"), width: 200, show: (c) => <a className="mono break" href={link("dictionary", c.subject)}>{c.subject}</a> },
            { name: "what", title: t("glossary.what"), width: 360, show: (c) => <ul className="plain">{c.what.map((w) => <li key={w.name}><span className="quiet">{has(`handbook.word.${w.name}`) ? t(`handbook.word.${w.name}` as Key) : w.name}: </span><del>{word(w.before) || "–"}</del> → {word(w.after) || "–"}</li>)}</ul> },
          ]} />
        )}
      </Panel>
      <Modal open={!!doing} title={doing?.kind === "sign" ? `${called(doing.chapter)} · ${word(doing.chapter.label)}` : t("handbook.withdraw")} footer={null} onCancel={() => setDoing(undefined)} destroyOnHidden>
        {doing?.kind === "withdraw" && <Reasoned label={t("handbook.withdraw")} onDone={done} decide={(reason) => send("POST", `${path}/withdrawal`, { reason })} />}
        {doing?.kind === "sign" && (
          <>
            <p>{t(doing.chapter.name === WHOLE ? "handbook.put.about" : "handbook.sign.about")}</p>
            <p className="mono quiet break">{doing.chapter.shown}</p>
            <Reasoned label={called(doing.chapter)} inPerson onDone={done} decide={(reason, proof) => (
              doing.chapter.name === WHOLE ? send("POST", `${path}/issue`, { shown: doing.chapter.shown, reason, ...proof }) : send("POST", `${path}/signatures`, { chapter: doing.chapter.name, shown: doing.chapter.shown, reason, ...proof })
            )} />
          </>
        )}
      </Modal>
      <Drawer open={!!looking} title={looking && word(looking.label)} onClose={() => setLooking(undefined)} size="large" destroyOnHidden>{looking && <ChapterView path={path} chapter={looking} />}</Drawer>
    </>
  );
}

type Said = { subject: string; label: Label; meaning?: Label | null; definition?: Label | null; owner?: Label };
type Content = { hash: string; index?: { formula: Label; whole: string | null }; terms: Said[]; entities: (Said & { fields: Said[] })[]; models: Said[]; codes: Said[]; rules: Said[] };

/** A chapter as it is signed. */
function ChapterView({ path, chapter }: { path: string; chapter: Chapter }) {
  const { t, word } = useSpeech();
  const asked = useAsk<{ shown: string; content: Content }>(`${path}/chapters/${chapter.name}`);
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const { content, shown } = asked.data;
  const said = (items: Said[]) => (
    <ul>{items.map((s) => <li key={s.subject}><strong>{word(s.label)}</strong> <span className="mono quiet break">{s.subject}</span> {s.meaning ? word(s.meaning) : ""}</li>)}</ul>
  );
  return (
    <>
      <p className="mono quiet break">{shown}</p>
      {content.index && <p>{word(content.index.formula)}</p>}
      {(["terms", "models", "codes", "rules"] as const).map((part) => content[part].length > 0 && <details key={part} open={part === "terms"}><summary>{t(`handbook.part.${part}`)} {content[part].length}</summary>{said(content[part])}</details>)}
      {content.entities.map((e) => <details key={e.subject}><summary>{word(e.label)} <span className="mono quiet">{e.subject}</span></summary><p>{e.meaning && word(e.meaning)}</p>{said(e.fields)}</details>)}
    </>
  );
}
