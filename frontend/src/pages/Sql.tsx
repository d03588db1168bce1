import { useRef, useState } from "react";
import { asProblem, download, onceKey, send, useAsk, type Label, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { Search } from "../meta/EntityList";
import type { Route } from "../shell/route";
import { Button, Head, Input, Nothing, Panel, Part, Problem, Table, Tabs, Tag, Waiting } from "../ui";

type Known = { name: string; label: Label; rows: number; columns: { name: string; type: string; label: Label; masked: boolean }[] };
type Tables = { release: string; tables: Known[]; limits: { rows: number; seconds: number } };
type Answer = { release: string; columns: { name: string; type: string }[]; rows: unknown[][]; cut: string; plan: { step: string }[]; limit: number };
type Past = { at: string; outcome: string; reason: string | null; sql: string | null; release: string | null; rows: number | null };
const FORMS = ["csv", "xlsx", "parquet", "arrow"] as const;

/** Questions in SQL over a release, as the reader may see it. */
export default function SqlWorkbench({ route: _ }: { route: Route }) {
  const { t, number } = useSpeech();
  const known = useAsk<Tables>("/sql/tables");
  const [text, setText] = useState("");
  const [round, setRound] = useState(0);
  const editor = useRef<HTMLDivElement>(null);
  const asking = useAsking(() => setRound((n) => n + 1));
  const ask = () => { if (text.trim() && !asking.id) void asking.ask(text); };
  const put = (words: string) => {
    const area = editor.current?.querySelector("textarea");
    const at = area?.selectionStart ?? text.length;
    setText(text.slice(0, at) + words + text.slice(area?.selectionEnd ?? at));
    area?.focus();
  };
  if (known.problem) return <><Head title={t("nav.sql")} /><Problem of={known.problem} retry={known.reload} /></>;
  if (!known.data) return <Waiting />;
  return (
    <>
      <Head title={t("nav.sql")} about={t("sql.about", { rows: number(known.data.limits.rows), seconds: known.data.limits.seconds })} />
      <div className="split wide-left">
        <Panel>
          <div ref={editor} onKeyDown={(e) => { if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); ask(); } }}>
            <Input.TextArea aria-label={t("sql.question")} className="mono" value={text} autoSize={{ minRows: 8, maxRows: 24 }} spellCheck={false} maxLength={20000}
              placeholder="select kind, count(*) as n from golden.lot group by kind order by n desc" onChange={(e) => setText(e.target.value)} />
          </div>
          <div className="bar" style={{ marginTop: 10 }}>
            <Button type="primary" disabled={!text.trim() || !!asking.id} onClick={ask}>{t("sql.ask")}</Button>
            <span className="quiet"><kbd>Ctrl</kbd> <kbd>Enter</kbd></span>
            {asking.id && <Button onClick={() => void asking.cancel()}>{t("sql.cancel")}</Button>}
            <span role="status" className="quiet">{asking.id ? t("sql.asking") : ""}</span>
          </div>
          <Problem of={asking.problem} />
          {asking.answer && <Answered of={asking.answer} sql={asking.asked} onProblem={asking.setProblem} />}
        </Panel>
        <Panel>
          <Tabs items={[
            { key: "tables", label: t("sql.tables"), children: <TablesOf of={known.data.tables} onPut={put} /> },
            { key: "history", label: t("sql.history"), children: <History round={round} onTake={setText} /> },
          ]} />
        </Panel>
      </div>
    </>
  );
}

/** One question at a time, which can be called off. */
function useAsking(onEnd: () => void) {
  const [id, setId] = useState<string>();
  const [asked, setAsked] = useState("");
  const [answer, setAnswer] = useState<Answer>();
  const [problem, setProblem] = useState<ProblemError>();
  const ask = async (sql: string) => {
    const fresh = onceKey();
    setId(fresh);
    setProblem(undefined);
    try {
      setAnswer(await send<Answer>("POST", "/sql", { sql, id: fresh }));
      setAsked(sql);
    } catch (error) {
      setAnswer(undefined);
      setProblem(asProblem(error));
    }
    setId(undefined);
    onEnd();
  };
  const cancel = async () => {
    try {
      await send("POST", `/sql/${id ?? ""}/cancel`);
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return { id, asked, answer, problem, setProblem, ask, cancel };
}

function Answered({ of, sql, onProblem }: { of: Answer; sql: string; onProblem: (p: ProblemError | undefined) => void }) {
  const { t, number } = useSpeech();
  const rows = of.rows.map((values, n) => ({ n, values }));
  const save = async (form: string) => {
    onProblem(undefined);
    try {
      await download(`/sql/export/${form}`, { sql }, `answer.${form}`); // asked once more: no answer is kept at the server
    } catch (error) {
      onProblem(asProblem(error));
    }
  };
  if (of.plan.length > 0) return <Part title={t("sql.plan")}><pre className="sql" tabIndex={0}>{of.plan.map((p) => p.step).join("\n")}</pre></Part>;
  return (
    <Part title={t("sql.answer")}>
      <p className="bar">
        <Tag tone={of.cut ? "warn" : "good"}>{of.cut ? t(of.cut === "rows" ? "sql.cut.rows" : "sql.cut.bytes", { n: number(of.rows.length) }) : t("sql.whole", { n: number(of.rows.length) })}</Tag>
        <span className="quiet">{t("reading.release")} <span className="mono">{of.release}</span></span>
        {FORMS.map((f) => <Button key={f} size="small" onClick={() => void save(f)}>{f.toUpperCase()}</Button>)}
      </p>
      <Table wide label={t("sql.answer")} rows={rows} id={(r) => String(r.n)} empty={<Nothing>{t("nothing.found")}</Nothing>} columns={of.columns.map((c, n) => ({
        name: `${n}`, title: c.name, align: /int|decimal|double|float/.test(c.type) ? "right" as const : undefined, show: (r: { values: unknown[] }) => told(r.values[n], number),
      }))} />
    </Part>
  );
}

const told = (value: unknown, number: (n: number) => string): string =>
  value === null || value === undefined ? "∅" : typeof value === "number" ? number(value) : typeof value === "object" ? JSON.stringify(value) : String(value);

/** What may be asked over: tables with their columns and what these mean; a press puts the name where the text is written. */
function TablesOf({ of, onPut }: { of: Known[]; onPut: (words: string) => void }) {
  const { t, word, number } = useSpeech();
  const [q, setQ] = useState("");
  const needle = q.toLowerCase();
  const has = (label: Label, name: string) => name.includes(needle) || label.zh.includes(needle) || label.en.toLowerCase().includes(needle);
  const found = of.filter((x) => has(x.label, x.name) || x.columns.some((c) => has(c.label, c.name)));
  return (
    <>
      <Search value={q} label={t("sql.find")} onSearch={setQ} />
      {found.length === 0 && <Nothing>{t("nothing.found")}</Nothing>}
      <div style={{ maxHeight: 560, overflowY: "auto", marginTop: 10 }} tabIndex={0} role="region" aria-label={t("sql.tables")}>
        {found.map((x) => (
          <details key={x.name}>
            <summary>{word(x.label)} <span className="mono quiet">{x.name}</span> <span className="quiet">{number(x.rows)}</span></summary>
            <ul className="plain">
              <li><Button size="small" onClick={() => onPut(x.name)}>{x.name}</Button></li>
              {x.columns.map((c) => (
                <li key={c.name}><Button size="small" type="text" className="mono" onClick={() => onPut(c.name)}>{c.name}</Button> <span className="quiet">{word(c.label)} · {c.type.toLowerCase()}</span> {c.masked && <Tag>{t("reading.masked")}</Tag>}</li>
              ))}
            </ul>
          </details>
        ))}
      </div>
    </>
  );
}

function History({ round, onTake }: { round: number; onTake: (sql: string) => void }) {
  const { t, number, moment } = useSpeech();
  const asked = useAsk<{ items: Past[] }>("/sql/history", round);
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const items = asked.data.items.filter((p) => p.sql);
  if (items.length === 0) return <Nothing>{t("sql.history.none")}</Nothing>;
  return (
    <ul className="plain">
      {items.map((p, n) => (
        <li key={n}>
          <span className="quiet">{moment(p.at)}</span> <Tag tone={p.outcome === "refused" ? "bad" : "good"}>{p.outcome === "refused" ? t("sql.refused") : t("sql.rows", { n: number(p.rows ?? 0) })}</Tag>
          <Button size="small" onClick={() => onTake(p.sql ?? "")}>{t("sql.take")}</Button>
          <pre className="sql" tabIndex={0}>{p.sql}</pre>
        </li>
      ))}
    </ul>
  );
}
