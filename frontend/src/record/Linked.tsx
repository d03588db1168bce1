import { Fragment } from "react";
import { query, useAsk, type Label } from "../api";
import { useSpeech } from "../i18n";
import { link } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Facts, Problem, Quiet, Tag, Waiting } from "../ui";
import { doer, type Lineage, type Related } from "./case";

/** What refers to the record, counted. */
export function Linked({ of }: { of: Related[] }) {
  const { t, word, number } = useSpeech();
  if (of.length === 0) return <Quiet>{t("detail.related.none")}</Quiet>;
  return (
    <ul className="linked">
      {of.map((r) => (
        <li key={r.label.zh}>
          <a href={`${link("entities", r.entity)}?${r.filters.map((f) => `filter=${encodeURIComponent(f)}`).join("&")}&view=list`}>
            <strong className="number">{number(r.count)}</strong> {word(r.label)}
          </a>
          {!!r.open && <span className="quiet"> {t("desk.open")} {number(r.open)}</span>}
          {!!r.late && <> <Tag tone="bad">{t("desk.late")} {number(r.late)}</Tag></>}
        </li>
      ))}
    </ul>
  );
}

export function Origin({ of }: { of: Lineage[] }) {
  const { t, moment } = useSpeech();
  const looks = useMay("quarantine:read");
  if (of.length === 0) return <Quiet>{t("detail.origin.none")}</Quiet>;
  return <>{of.map((l) => (
    <Fragment key={l.load}>
      <Facts of={[[t("source"), l.source], [t("table"), l.table], [t("file"), <span key="f" className="mono">{l.correction?.file ?? l.file}</span>], [t("row"), l.correction?.row ?? l.row]]} />
      {l.correction && (
        <section className="part">
          <h2>{t("origin.corrected")}</h2>
          <Facts of={[
            [t("by"), doer(l.correction.by, t)], [t("at"), moment(l.correction.at)], [t("reason"), l.correction.reason],
            [t("held.column.corrected"), <span key="c" className="mono">{l.correction.columns.join(", ") || "–"}</span>],
            [t("held.row"), looks ? <a key="h" className="mono" href={`#/quarantine?state=taken&row=${l.correction.held}`}>{l.correction.held}</a> : l.correction.held],
          ]} />
        </section>
      )}
    </Fragment>
  ))}</>;
}

type Answer = { counts: { kind: string; label: Label; count: number }[]; customers: { id: string; name: string | null; code: string | null; outstanding: number }[] };

/** Where the record's lot went, in figures; the explorer has the rest. */
export function TraceOf({ item, lot }: { item: string; lot: string }) {
  const { t, word, number } = useSpeech();
  const asked = useAsk<Answer>(`/trace${query({ item, lot, direction: "down", limit: 1 })}`);
  const open = (direction: "up" | "down" | "both") => `${link("trace")}${query({ item, lot, direction })}`;
  return (
    <>
      <div className="bar">
        <span className="mono">{item} / {lot}</span>
        {(["down", "up", "both"] as const).map((d) => <Button key={d} size="small" href={open(d)}>{t(`direction.${d}`)}</Button>)}
      </div>
      {asked.problem ? <Problem of={asked.problem} /> : !asked.data ? <Waiting /> : (
        <div className="cards">
          {asked.data.counts.map((c) => <div key={c.kind} className="card"><div className="name">{word(c.label)}</div><div className="value">{number(c.count)}</div></div>)}
          <div className="card"><div className="name">{t("trace.customers")}</div><div className="value">{number(asked.data.customers.length)}</div></div>
          <div className="card"><div className="name">{t("outstanding")}</div><div className="value">{number(asked.data.customers.reduce((n, c) => n + c.outstanding, 0))}</div></div>
        </div>
      )}
    </>
  );
}
