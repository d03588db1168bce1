import { query, useAsk, type EntityMeta, type Field, type Row, type State } from "../api";
import { useSpeech } from "../i18n";
import { since } from "../i18n/time";
import { KeptBack, type Kept } from "../sharing/KeptBack";
import { link } from "../shell/route";
import { Count, Due, oneOf, Problem, Waiting } from "../ui";
import { Value } from "./Value";

type Column = State & { initial: boolean; count: number; late: number; cards: Row[] };
type Answer = { columns: Column[]; sharing?: Kept[] };
const ON_A_CARD = 3;

/** The records of a process by state, the most pressing first. Ended ones are a number with the way to their list. */
export function Board({ meta, wanted }: { meta: EntityMeta; wanted: { q: string | null; filter: string[] } }) {
  const { t, word, number } = useSpeech();
  const asked = useAsk<Answer>(`/entities/${meta.name}/board${query({ ...wanted, limit: 20 })}`);
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const listed = (state: string) => `${link("entities", meta.name)}${query({ view: "list", q: wanted.q, filter: [...wanted.filter, `_state:eq:${state}`] })}`;
  const told = meta.glance.map((n) => meta.fields.find((f) => f.name === n)).filter((f) => f !== undefined);
  const fields = told.length ? told : meta.fields.filter((f) => f.list && f.name !== meta.title && f.type !== "moment" && f.type !== "truth").slice(0, ON_A_CARD);
  const [running, ended] = [asked.data.columns.filter((c) => !c.terminal), asked.data.columns.filter((c) => c.terminal)];
  return (
    <>
      <KeptBack of={asked.data.sharing} fields={meta.fields} />
      <div className="board" role="group" aria-label={word(meta.label)} tabIndex={0}>
        {running.map((c) => (
          <section key={c.name} className={c.count ? "lane" : "lane empty"} aria-label={word(c.label)}>
            <h2>{word(c.label)} <span className="quiet number">{number(c.count)}</span> <Count of={c.late} tone="bad" /></h2>
            <ul>{c.cards.map((row) => <li key={String(row._id)}><Card meta={meta} fields={fields} row={row} /></li>)}</ul>
            {c.count > c.cards.length && <a href={listed(c.name)}>{t("more", { n: number(c.count - c.cards.length) })}</a>}
          </section>
        ))}
      </div>
      <p className="bar ended">{ended.map((c) => <a key={c.name} href={listed(c.name)}>{word(c.label)} {number(c.count)}</a>)}</p>
    </>
  );
}

function Card({ meta, fields, row }: { meta: EntityMeta; fields: Field[]; row: Row }) {
  const { t, language } = useSpeech();
  return (
    <a className="ticket" href={link("entities", meta.name, String(row._id))}>
      <strong>{oneOf(String(row[meta.title] ?? row._id), language)}</strong>
      <span className="line">
        {fields.filter((f) => row[f.name] !== null && row[f.name] !== "").map((f) => (
          <span key={f.name}><Value field={f.type === "reference" ? { ...f, type: "text" } : f} row={row} /></span>
        ))}
      </span>
      {meta.gist && typeof row[meta.gist] === "string" && <span className="gist two">{String(row[meta.gist])}</span>}
      <span className="foot">
        <span className="quiet" title={t("inbox.since")}>{typeof row._since === "string" ? since(t, row._since) : ""}</span>
        {typeof row._due === "string" && <Due at={row._due} />}
      </span>
    </a>
  );
}
