import { useState } from "react";
import { asProblem, send, useAsk, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { doer } from "../record/case";
import { RecordLink, useCalled } from "../shell/names";
import { useMay } from "../shell/session";
import { Button, Drawer, Due, Facts, Form, Input, Problem, Tag, Waiting } from "../ui";
import { Verdict } from "./Verdict";
import { TONES, type HeldRow, type Kind, type Tried } from "./model";

/** One held row beside the others: its raw columns with what is wrong in them, new values, what they would do, and the decision. */
export function Opened({ id, onClose, onDone, onOpen }: { id: string | null; onClose: () => void; onDone: () => void; onOpen: (id: string) => void }) {
  const { t } = useSpeech();
  const asked = useAsk<HeldRow>(id && `/quarantine/rows/${id}`);
  return (
    <Drawer open={id !== null} title={t("held.row")} onClose={onClose} size="large" destroyOnHidden>
      <Problem of={asked.problem} retry={asked.reload} />
      {asked.loading && <Waiting />}
      {asked.data && <Row key={asked.data.id + asked.data.state} of={asked.data} onDone={() => { asked.reload(); onDone(); }} onOpen={onOpen} />}
    </Drawer>
  );
}

function Row({ of: row, onDone, onOpen }: { of: HeldRow; onDone: () => void; onOpen: (id: string) => void }) {
  const { t, word, number, moment } = useSpeech();
  const called = useCalled();
  const may = useMay("quarantine:decide");
  const facts: [React.ReactNode, React.ReactNode][] = [
    [t("status"), <Tag key="s" tone={TONES[row.state]}>{word(row.state_label)}</Tag>],
    [t("entity"), called(row.entity)],
    [t("file"), <span key="f" className="mono">{row.source}.{row.table} · {row.file} · {t("held.line", { n: number(row.row) })}</span>],
  ];
  if (row.times > 1) facts.push([t("held.times"), t("held.times.since", { n: number(row.times), at: moment(row.first_at) })]);
  if (row.due_at) facts.push([t("held.due"), <Due key="d" at={row.due_at} />]);
  return (
    <>
      <Facts of={facts} />
      <Broken of={row} />
      {row.stood.length > 0 && <Critical of={row} />}
      {row.state !== "open" && <Became of={row} onDone={onDone} onOpen={onOpen} may={may} />}
      {may && (row.state === "open" || row.state === "taken") ? <Editing of={row} onDone={onDone} /> : <Columns of={row} />}
    </>
  );
}

const Broken = ({ of }: { of: HeldRow }) => {
  const { word } = useSpeech();
  return <div className="part">{of.rules.map((r) => <div key={r.id} className="broken"><Tag tone="warn">{word(r.label)}</Tag> <span className="mono quiet">{r.columns.join(", ") || r.id}</span></div>)}</div>;
};

/** Another value of a critical field beside the one that stands until somebody approves it. */
const Critical = ({ of: row }: { of: HeldRow }) => {
  const { t, word } = useSpeech();
  return (
    <section className="part">
      <h2>{t("held.critical")}</h2>
      <Facts of={row.stood.map((s) => [s.label ? word(s.label) : s.field, <span key={s.field} className="mono"><del>{s.value ?? "∅"}</del> → <ins>{s.columns.map((c) => row.raw[c] ?? "∅").join(" ")}</ins></span>])} />
      <p className="quiet">{t("held.critical.about")}</p>
    </section>
  );
};

/** Raw columns in which a rule is broken come first. */
function inOrder(row: HeldRow): { name: string; rules: HeldRow["rules"] }[] {
  const all = row.columns.map((name) => ({ name, rules: row.rules.filter((r) => r.columns.includes(name)) }));
  return [...all.filter((c) => c.rules.length), ...all.filter((c) => !c.rules.length)];
}

const Columns = ({ of: row }: { of: HeldRow }) => (
  <dl className="facts">{inOrder(row).map(({ name, rules }) => [<dt key={`n${name}`}>{name}</dt>, <dd key={`v${name}`} className={`mono${rules.length ? " changed" : ""}`}>{row.raw[name] ?? "∅"}</dd>])}</dl>
);

function Became({ of: row, onDone, onOpen, may }: { of: HeldRow; onDone: () => void; onOpen: (id: string) => void; may: boolean }) {
  const { t, moment } = useSpeech();
  const [problem, setProblem] = useState<ProblemError>();
  const undo = async () => {
    try {
      await send("POST", `/quarantine/acts/${row.act}/undo`);
      onDone();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  const facts: [React.ReactNode, React.ReactNode][] = [[t("by"), row.decided_by && doer(row.decided_by, t)], [t("at"), moment(row.decided_at)]];
  if (row.state !== "superseded") facts.push([t("reason"), row.reason]);
  for (const c of row.changes) facts.push([<span key="c" className="mono">{c.column}</span>, <span key="v" className="mono"><del>{c.before ?? "∅"}</del> → <ins>{c.after ?? "∅"}</ins></span>]);
  if (row.taken_load) facts.push([t("held.load"), <a key="l" className="mono" href={`#/quarantine?state=&load=${row.taken_load}`}>{row.taken_load}</a>]);
  if (row.record) facts.push([t("held.record"), <RecordLink key="r" of={`${row.entity}/${row.record}`} />]);
  if (row.held_again) facts.push([t("held.again"), <Button key="a" size="small" onClick={() => onOpen(row.held_again!)}>{t("held.open")}</Button>]);
  return (
    <section className="part">
      <h2>{t("held.became")}</h2>
      <Problem of={problem} />
      <Facts of={facts} />
      {may && row.act && !row.taken_load && row.state !== "superseded" && <p className="bar end"><Button onClick={() => void undo()}>{t("held.undo")}</Button> <span className="quiet">{t("held.undo.about")}</span></p>}
    </section>
  );
}

function Editing({ of: row, onDone }: { of: HeldRow; onDone: () => void }) {
  const { t, word } = useSpeech();
  const proposed = row.proposed ?? {};
  const [given, setGiven] = useState<Record<string, string>>(proposed);
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState<Tried>();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  // Of a sealed value only the mask is known here: it is replaced as a whole, or left.
  const shown = (c: string): string => (row.sealed.includes(c) ? "" : (row.raw[c] ?? ""));
  const changed = Object.fromEntries(Object.entries(given).filter(([c, v]) => v !== shown(c)).map(([c, v]) => [c, v === "" ? null : v]));
  const asking = async (ask: () => Promise<void>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await ask();
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(false);
  };
  const attempt = () => asking(async () => setTried(await send<Tried>("POST", "/quarantine/trials", { ids: [row.id], values: changed })));
  const decide = (kind: Kind) => asking(async () => {
    await send("POST", "/quarantine/decisions", { ids: [row.id], kind, reason, values: kind === "corrected" ? changed : {} });
    onDone();
  });
  const parsed = row.columns.length > 0;
  return (
    <section className="part">
      <h2>{row.state === "taken" ? t("held.correct.again") : t("held.decide")}</h2>
      <Form layout="vertical" requiredMark={false} onFinish={() => void attempt()}>
        <div className="grid">
        {inOrder(row).map(({ name, rules }) => (
          <Form.Item
            key={name} className={rules.length ? "wide" : undefined} label={<span className="mono">{name}</span>} validateStatus={rules.length && !(name in changed) ? "warning" : undefined}
            extra={<>{rules.map((r) => <span key={r.id} className="why">▲ {word(r.label)} </span>)}{name in changed && <span className="quiet">{t("held.was", { value: row.raw[name] ?? "∅" })}</span>}{name in proposed && <span className="quiet"> {t("held.proposed")}</span>}</>}
          >
            <Input aria-label={name} className="mono" value={given[name] ?? shown(name)} placeholder={row.sealed.includes(name) ? t("held.sealed", { mask: row.raw[name] ?? "***" }) : undefined} maxLength={4000} onChange={(e) => { setGiven({ ...given, [name]: e.target.value }); setTried(undefined); }} />
          </Form.Item>
        ))}
        </div>
        {!parsed && <p className="quiet">{t("held.unparsed")}</p>}
        <div className="deciding">
        <Problem of={problem} />
        {tried && <Verdict of={tried} />}
        <Form.Item label={t("reason")}><Input aria-label={t("reason")} value={reason} maxLength={2000} onChange={(e) => setReason(e.target.value)} /></Form.Item>
        <div className="bar">
          {parsed && <Button htmlType="submit" loading={busy}>{t("held.try")}</Button>}
          {parsed && <Button type="primary" disabled={reason.trim().length < 2} loading={busy} onClick={() => void decide("corrected")}>{Object.keys(changed).length ? t("held.correct") : t("held.retry")}</Button>}
          {row.state === "open" && row.stood.length > 0 && <Button type="primary" disabled={reason.trim().length < 2} loading={busy} onClick={() => void decide("approved")}>{t("held.approve")}</Button>}
          {row.state === "open" && <Button disabled={reason.trim().length < 2} onClick={() => void decide("returned")}>{t("held.return")}</Button>}
          {row.state === "open" && <Button danger disabled={reason.trim().length < 2} onClick={() => void decide("rejected")}>{t("held.reject")}</Button>}
        </div>
        </div>
        <p className="quiet">{t("held.decide.about")}</p>
      </Form>
    </section>
  );
}
