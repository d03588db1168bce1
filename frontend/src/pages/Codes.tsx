import { useState } from "react";
import { send, useAsk, type Label } from "../api";
import { useSpeech } from "../i18n";
import { Reasoned } from "../shell/Reasoned";
import { go, link, withSearch, type Route } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Head, Modal, Nothing, Panel, Problem, Select, Table, Tabs, Tag, Waiting } from "../ui";

type Coded = { entity: string; field: string; entity_label: Label; label: Label; codes: Record<string, Label> };
type Word = { source: string; entity: string; field: string; theirs: string; ours: string | null };
type Unknown = Word & { rows: number; likely: string | null; why: string | null; said: boolean };
type Known = Word & { by: "mapping" | "company"; proposal?: string; since?: string; approved_by?: string };
type Doing = { what: "say" | "again"; word: Word & { likely?: string | null } };

const NOTHING = ""; // the word means nothing: the field stays empty
const idOf = (w: Word) => `${w.source}/${w.entity}.${w.field}/${w.theirs}`;

/** What the words of each source mean: those that rows wait for, and those that are known. */
export default function Codes({ route }: { route: Route }) {
  const { t } = useSpeech();
  const [doing, setDoing] = useState<Doing>();
  const [said, setSaid] = useState<{ proposal?: string; rows?: number }>();
  const [round, setRound] = useState(0);
  const start = (to: Doing) => { setSaid(undefined); setDoing(to); };
  const done = (made: typeof said) => { setDoing(undefined); setSaid(made); setRound((n) => n + 1); };
  return (
    <>
      <Head title={t("nav.codes")} about={t("codes.about")} />
      {said?.proposal && <p role="status" className="said">{t("codes.proposed")} <a href={link("changes", said.proposal)}>{said.proposal}</a></p>}
      {said?.rows !== undefined && <p role="status" className="said">{t("codes.taken", { n: said.rows })}</p>}
      <Panel>
        <Tabs activeKey={route.search.get("tab") ?? "unknown"} onChange={(tab) => go(withSearch(route, { tab }))} items={[
          { key: "unknown", label: t("codes.unknown"), children: <UnknownWords round={round} onDo={start} /> }, { key: "known", label: t("codes.known"), children: <KnownWords round={round} onDo={start} /> },
        ]} />
      </Panel>
      <Modal open={!!doing} title={doing && `${t(doing.what === "say" ? "codes.say" : "codes.again")}: ${doing.word.theirs}`} footer={null} onCancel={() => setDoing(undefined)} destroyOnHidden>
        {doing?.what === "say" && <Saying of={doing.word} onDone={(proposal) => done({ proposal })} />}
        {doing?.what === "again" && <Again of={doing.word} onDone={(rows) => done({ rows })} />}
      </Modal>
    </>
  );
}

const useWords = (fields: Coded[] | undefined) => {
  const { word } = useSpeech();
  const of = (w: Word) => fields?.find((f) => f.entity === w.entity && f.field === w.field);
  return {
    place: (w: Word) => { const f = of(w); return f ? `${word(f.entity_label)} · ${word(f.label)}` : `${w.entity}.${w.field}`; },
    code: (w: Word, code: string) => { const label = of(w)?.codes[code]; return label ? `${word(label)} (${code})` : code; },
  };
};

function UnknownWords({ round, onDo }: { round: number; onDo: (to: Doing) => void }) {
  const { t, number } = useSpeech();
  const asked = useAsk<{ items: Unknown[]; fields: Coded[] }>("/code-crosswalk/unknown", round);
  const words = useWords(asked.data?.fields);
  const proposes = useMay("definitions:propose");
  const decides = useMay("quarantine:decide");
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  if (asked.data.items.length === 0) return <Nothing>{t("codes.unknown.none")}</Nothing>;
  return (
    <Table<Unknown> fit label={t("codes.unknown")} rows={asked.data.items} id={idOf} columns={[
      { name: "theirs", title: t("codes.theirs"), show: (w) => <span className="mono break">{w.theirs}</span> },
      { name: "place", title: t("field"), show: (w) => words.place(w) },
      { name: "source", title: t("source"), width: 110, show: (w) => w.source },
      { name: "rows", title: t("codes.rows"), align: "right", width: 90, show: (w) => number(w.rows) },
      { name: "means", title: t("codes.means"), width: 240, show: (w) => (w.said ? <Tag tone="good">{w.ours === null ? t("codes.nothing") : words.code(w, w.ours)}</Tag>
        : w.likely ? <Tag tone="busy">{words.code(w, w.likely)}? {w.why === "name" ? t("codes.why.name") : t("codes.why.source", { source: w.why ?? "" })}</Tag> : <span className="quiet">{t("codes.nobody")}</span>) },
      { name: "do", title: t("action"), width: 170, show: (w) => (w.said
        ? decides && <Button size="small" type="primary" aria-label={`${t("codes.again")}: ${w.theirs}`} onClick={() => onDo({ what: "again", word: w })}>{t("codes.again")}</Button>
        : proposes && <Button size="small" aria-label={`${t("codes.say")}: ${w.theirs}`} onClick={() => onDo({ what: "say", word: w })}>{t("codes.say")}</Button>) },
    ]} />
  );
}

function KnownWords({ round, onDo }: { round: number; onDo: (to: Doing) => void }) {
  const { t } = useSpeech();
  const asked = useAsk<{ items: Known[]; fields: Coded[] }>("/code-crosswalk", round);
  const words = useWords(asked.data?.fields);
  const proposes = useMay("definitions:propose");
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  if (asked.data.items.length === 0) return <Nothing>{t("codes.known.none")}</Nothing>;
  return (
    <Table<Known> fit label={t("codes.known")} rows={asked.data.items} id={idOf} columns={[
      { name: "source", title: t("source"), width: 110, show: (w) => w.source }, { name: "place", title: t("field"), show: (w) => words.place(w) },
      { name: "theirs", title: t("codes.theirs"), show: (w) => <span className="mono break">{w.theirs}</span> },
      { name: "means", title: t("codes.means"), show: (w) => (w.ours === null ? <span className="quiet">{t("codes.nothing")}</span> : words.code(w, w.ours)) },
      { name: "by", title: t("hierarchy.by"), width: 200, show: (w) => (w.by === "mapping" ? <span className="quiet">{t("codes.by.mapping")}</span>
        : <div><a href={link("changes", w.proposal ?? "")}>{t("codes.by.company")}</a> <span className="quiet">{w.since} {w.approved_by}</span></div>) },
      ...(proposes ? [{ name: "do", title: t("action"), width: 130, show: (w: Known) => <Button size="small" aria-label={`${t("codes.change")}: ${w.theirs}`} onClick={() => onDo({ what: "say", word: w })}>{t("codes.change")}</Button> }] : []),
    ]} />
  );
}

/** Proposes what a word means; another person approves. */
function Saying({ of, onDone }: { of: Doing["word"]; onDone: (proposal: string) => void }) {
  const { t } = useSpeech();
  const asked = useAsk<{ fields: Coded[] }>(`/code-crosswalk?entity=${of.entity}&field=${of.field}`);
  const words = useWords(asked.data?.fields);
  const [means, setMeans] = useState<string | undefined>(of.ours ?? of.likely ?? undefined);
  const codes = Object.keys(asked.data?.fields[0]?.codes ?? {});
  const propose = async (reason: string) => {
    const change = { kind: "code", subject: `code:${idOf(of)}`, content: { means: means || null } };
    onDone((await send<{ proposal: string }>("POST", "/definition-changes", { changes: [change], reason })).proposal);
  };
  return (
    <div className="stating">
      <p className="quiet">{of.source} · {words.place(of)}</p>
      <Problem of={asked.problem} />
      <label htmlFor="means">{t("codes.means")}</label>
      <Select id="means" value={means} placeholder={t("codes.choose")} showSearch={{ optionFilterProp: "label" }} onChange={(v: string) => setMeans(v)}
        options={[...codes.map((c) => ({ value: c, label: words.code(of, c) })), { value: NOTHING, label: t("codes.nothing") }]} />
      <p className="quiet">{t("glossary.another")}</p>
      {means !== undefined && <Reasoned label={t("codes.propose")} decide={propose} onDone={() => undefined} />}
    </div>
  );
}

/** Tries the rows again that wait for a word whose meaning was approved. */
function Again({ of, onDone }: { of: Word; onDone: (rows: number) => void }) {
  const { t } = useSpeech();
  const { source, entity, field, theirs } = of;
  const take = async (reason: string) => onDone((await send<{ rows: number }>("POST", "/code-crosswalk/again", { source, entity, field, theirs, reason })).rows);
  return <><p>{t("codes.again.about")}</p><Reasoned label={t("codes.again")} decide={take} onDone={() => undefined} /></>;
}
