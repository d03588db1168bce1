import { useState } from "react";
import { asProblem, send, type Label, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { since } from "../i18n/time";
import { ProposalTable } from "../dictionary/Proposals";
import { DecisionTable } from "../masters/Decisions";
import { WaitingRequests } from "../masters/WaitingRequests";
import { Grants } from "./Unmasking";
import { useInbox, type Entry, type Failure, type Overdue, type Proposal, type Task } from "../shell/inbox";
import { RecordLink, useNames } from "../shell/names";
import { Reasoned } from "../shell/Reasoned";
import { link } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Count, Due, Head, Modal, oneOf, Panel, Problem, Quiet, Table, Tag, Waiting } from "../ui";

export default function InboxPage() {
  const { t } = useSpeech();
  return <><Head title={t("nav.inbox")} about={t("inbox.about")} /><Waits /></>;
}

/** Everything that waits for this person: what to do, what to decide, what runs out, what failed. */
export function Waits() {
  const { t } = useSpeech();
  const asked = useInbox();
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const { tasks, proposals, overdue, failures, unmasking, masters, requests, changes } = asked.data;
  return (
    <>
      <Tasks of={tasks} />
      {proposals.length > 0 && <Proposals of={proposals} onDecided={asked.reload} />}
      {unmasking.length > 0 && <Panel title={<Title text={t("nav.unmasking")} n={unmasking.length} />}><Grants of={unmasking} decides onChange={asked.reload} /></Panel>}
      {masters.length > 0 && <Panel title={<Title text={t("steward.decisions")} n={masters.length} />}><DecisionTable of={masters} onChange={asked.reload} empty="" /></Panel>}
      {requests.length > 0 && <Panel title={<Title text={t("asked.title")} n={requests.length} />}><WaitingRequests of={requests} /></Panel>}
      {changes.length > 0 && <Panel title={<Title text={t("nav.changes")} n={changes.length} />}><ProposalTable of={changes} /></Panel>}
      {overdue.length > 0 && <Limits of={overdue} />}
      {failures.length > 0 && <Failures of={failures} onTried={asked.reload} />}
    </>
  );
}

const Title = ({ text, n }: { text: string; n: number }) => <>{text} <Count of={n} /></>;

/** The record that an entry is about. */
function Subject({ of, label }: { of: Entry; label: Label | null }) {
  const { word, language } = useSpeech();
  return <span className="subject"><a href={link("entities", of.entity, of.record)}>{oneOf(of.title, language)}</a> <span className="quiet">{word(label)}</span></span>;
}

/** What tells it from another of the same title. */
function Glance({ of }: { of: Task["glance"] }) {
  const { word } = useSpeech();
  if (!of.length) return null;
  return <div className="glance">{of.map((g) => <span key={g.label.en}><span className="quiet">{word(g.label)}:</span> {g.record ? <RecordLink of={g.record} /> : word(g.value)}</span>)}</div>;
}

const PRESSING = 5;

/** How much waits, of which kind, and the first few of it: the inbox has the rest. */
export function Pressing() {
  const { t, number } = useSpeech();
  const asked = useInbox();
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const { tasks, proposals, overdue, failures, unmasking, masters, requests, changes } = asked.data;
  const others = proposals.length + overdue.length + failures.length + unmasking.length + masters.length + requests.length + changes.length;
  const rest = Math.max(0, tasks.length - PRESSING) + others;
  const kinds: [string, number][] = [
    [t("inbox.tasks"), tasks.length], [t("inbox.proposals"), proposals.length], [t("inbox.limits"), overdue.length], ...([[t("nav.unmasking"), unmasking.length], [t("steward.decisions"), masters.length], [t("asked.title"), requests.length], [t("nav.changes"), changes.length], [t("inbox.failures"), failures.length]] as [string, number][]).filter(([, n]) => n > 0),
  ];
  return (
    <>
      <div className="cards">
        {kinds.map(([name, n]) => <a key={name} className="card" href="#/inbox"><div className="name">{name}</div><div className="value">{number(n)}</div></a>)}
      </div>
      <Panel title={t("home.pressing")}>
        {tasks.length === 0 ? <Quiet>{t(others ? "inbox.tasks.none" : "inbox.empty")}</Quiet> : <TaskTable of={tasks.slice(0, PRESSING)} label={t("home.pressing")} />}
        {rest > 0 && <p className="none"><a href="#/inbox">{t("home.rest", { n: rest })}</a></p>}
      </Panel>
    </>
  );
}

function Tasks({ of }: { of: Task[] }) {
  const { t, word } = useSpeech();
  const [kind, setKind] = useState<string>();
  const names = useNames();
  const kinds = [...new Set(of.map((x) => x.entity))];
  const shown = kind && kinds.includes(kind) ? of.filter((x) => x.entity === kind) : of;
  return (
    <Panel title={<Title text={t("inbox.tasks")} n={of.length} />}>
      {kinds.length > 1 && (
        <div className="bar" role="group" aria-label={t("inbox.kinds")}>
          <Button size="small" aria-pressed={!kind} type={kind ? "default" : "primary"} onClick={() => setKind(undefined)}>{t("all")} {of.length}</Button>
          {kinds.map((k) => (
            <Button key={k} size="small" aria-pressed={kind === k} type={kind === k ? "primary" : "default"} onClick={() => setKind(k)}>
              {word(names.get(k))} {of.filter((x) => x.entity === k).length}
            </Button>
          ))}
        </div>
      )}
      {of.length === 0 ? <Quiet>{t("inbox.empty")}</Quiet> : <TaskTable of={shown} label={t("inbox.tasks")} />}
    </Panel>
  );
}

function TaskTable({ of, label }: { of: Task[]; label: string }) {
  const { t, word, language } = useSpeech();
  return (
    <Table<Task> fit label={label} rows={of} id={(x) => `${x.entity}/${x.record}`} columns={[
        { name: "title", title: t("subject"), show: (x) => <><Subject of={x} label={x.label} />{x.gist && <div className="gist">{x.gist}</div>}<Glance of={x.glance} /></> },
        { name: "state", title: t("status"), width: 130, show: (x) => <Tag>{word(x.state_label) || x.state}</Tag> },
        { name: "acts", title: t("inbox.acts"), show: (x) => (
          <>{x.acts.map((a) => word(a.label)).join(language === "en" ? ", " : "、")}
            {x.acts.some((a) => a.on_behalf_of) && <div className="quiet">{t("act.behalf", { who: x.acts.find((a) => a.on_behalf_of)!.on_behalf_of! })}</div>}</>
        ) },
        { name: "due", title: t("limit.due"), width: 150, show: (x) => <Due at={x.due_at} /> },
        { name: "since", title: t("inbox.since"), width: 110, show: (x) => since(t, x.since) },
    ]} />
  );
}

function Proposals({ of, onDecided }: { of: Proposal[]; onDecided: () => void }) {
  const { t, word, moment } = useSpeech();
  const [deciding, setDeciding] = useState<{ what: Proposal; accept: boolean }>();
  const may = useMay("entities:write");
  return (
    <Panel title={<Title text={t("inbox.proposals")} n={of.length} />}>
      <Table<Proposal> fit label={t("inbox.proposals")} rows={of} id={(p) => p.id} detail={(p) => <Body of={p.body} />} columns={[
        { name: "what", title: t("inbox.proposal"), show: (p) => <strong>{word(p.label)}</strong> },
        { name: "why", title: t("inbox.because"), show: (p) => <>{word(p.event_label)} <span className="quiet">{moment(p.at)} {p.by}</span></> },
        { name: "record", title: t("subject"), show: (p) => <Subject of={p} label={p.entity_label} /> },
        { name: "role", title: t("role"), width: 130, show: (p) => word(p.role_label) },
        { name: "do", title: t("action"), width: 150, show: (p) => may && (
          <span className="tight">
            <Button size="small" type="primary" onClick={() => setDeciding({ what: p, accept: true })}>{t("accept")}</Button>{" "}
            <Button size="small" onClick={() => setDeciding({ what: p, accept: false })}>{t("refuse")}</Button>
          </span>
        ) },
      ]} />
      <Modal open={!!deciding} title={deciding && `${t(deciding.accept ? "accept" : "refuse")}: ${word(deciding.what.label)}`} footer={null} onCancel={() => setDeciding(undefined)} destroyOnHidden>
        {deciding && (
          <Reasoned label={t(deciding.accept ? "accept" : "refuse")} onDone={() => { setDeciding(undefined); onDecided(); }}
            decide={(reason) => send("POST", `/inbox/proposals/${deciding.what.id}`, { accept: deciding.accept, reason })} />
        )}
      </Modal>
    </Panel>
  );
}

/** The facts an event carried. */
const Body = ({ of }: { of: Record<string, unknown> }) => (
  <dl className="facts dense">{Object.entries(of).filter(([, v]) => v !== null && v !== "").map(([k, v]) => [<dt key={`n${k}`} className="mono">{k}</dt>, <dd key={`v${k}`}>{typeof v === "object" ? JSON.stringify(v) : String(v)}</dd>])}</dl>
);

function Limits({ of }: { of: Overdue[] }) {
  const { t, word } = useSpeech();
  return (
    <Panel title={<Title text={t("inbox.limits")} n={of.length} />}>
      <Table<Overdue> fit label={t("inbox.limits")} rows={of} id={(d) => d.entity + d.record + d.clock + d.due_at} columns={[
        { name: "record", title: t("subject"), show: (d) => <Subject of={d} label={d.entity_label} /> },
        { name: "clock", title: t("inbox.limit"), show: (d) => <>{word(d.label)} {d.statutory && <Tag tone="warn">{t("limit.statutory")}</Tag>}</> },
        { name: "due", title: t("limit.due"), width: 150, show: (d) => <Due at={d.due_at} /> },
        { name: "basis", title: t("limit.basis"), show: (d) => d.basis },
      ]} />
    </Panel>
  );
}

function Failures({ of, onTried }: { of: Failure[]; onTried: () => void }) {
  const { t, word, number } = useSpeech();
  const [problem, setProblem] = useState<ProblemError>();
  const may = useMay("entities:write");
  const again = async (f: Failure) => {
    setProblem(undefined);
    try {
      await send("POST", "/inbox/failures", { event: f.event, reaction: f.reaction });
    } catch (error) {
      setProblem(asProblem(error));
    }
    onTried();
  };
  return (
    <Panel title={<Title text={t("inbox.failures")} n={of.length} />}>
      <p className="quiet">{t("inbox.failures.about")}</p>
      <Problem of={problem} />
      <Table<Failure> fit label={t("inbox.failures")} rows={of} id={(f) => f.event + f.reaction} columns={[
        { name: "what", title: t("inbox.reaction"), show: (f) => word(f.label) || f.reaction },
        { name: "record", title: t("subject"), show: (f) => <Subject of={f} label={f.entity_label} /> },
        { name: "error", title: t("reason"), show: (f) => f.error },
        { name: "attempts", title: t("inbox.attempts"), align: "right", width: 90, show: (f) => number(f.attempts) },
        { name: "do", title: t("action"), width: 90, show: (f) => may && <Button size="small" onClick={() => void again(f)}>{t("retry")}</Button> },
      ]} />
    </Panel>
  );
}
