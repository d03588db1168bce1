import { query, useAsk, type Label, type Paged, type Row } from "../api";
import { useSpeech, type Key } from "../i18n";
import { figure } from "../metrics/model";
import { link, type Route } from "../shell/route";
import { Button, Head, Nothing, Panel, Problem, Progress, Table, Tag, Waiting, type Tone } from "../ui";

type Standing = "reached" | "on_track" | "at_risk" | "missed" | "not_begun" | "unknown";
type Goal = {
  entity: string; record: string; of: string | null; metric: string; known: boolean; label: Label; unit: string; decimals: number; period: string;
  start: number; target: number; now: number | null; upto: string | null; since: string; due: string; share: number | null; expected: number; standing: Standing;
};
const TONES: Record<Standing, Tone> = { reached: "good", on_track: "good", at_risk: "warn", missed: "bad", not_begun: "plain", unknown: "plain" };
const SHOWN = 50;
const asked = (entity: string, state: string, sort: string): string => `/entities/${entity}${query({ filter: `_state:in:${state}`, sort, limit: SHOWN })}`;
const text = (row: Row, name: string): string => { const v = row[name]; return v === null || v === undefined || v === "" ? "–" : String(v); };

/** The governance committee at a glance: what it is to decide, what was to be done, how far its objectives are. */
export default function Committee(_: { route: Route }) {
  const { t } = useSpeech();
  return (
    <>
      <Head title={t("nav.committee")} about={t("committee.about")}>
        <Button href={link("entities", "governance_meeting")}>{t("committee.meetings")}</Button>
        <Button href={link("entities", "governance_decision")}>{t("committee.decisions")}</Button>
        <Button href={link("entities", "governance_action")}>{t("committee.actions")}</Button>
        <Button href={link("entities", "objective")}>{t("committee.objectives")}</Button>
      </Head>
      <Objectives />
      <Actions />
      <div className="split"><Meetings /><Decisions /></div>
    </>
  );
}

function Objectives() {
  const { t, word, language } = useSpeech();
  const goals = useAsk<{ items: Goal[] }>("/metric-goals");
  const objectives = useAsk<Paged>(asked("objective", "draft,agreed", "objective_no"));
  const said = useAsk<Paged>("/entities/check_in?sort=-said_on&limit=200").data?.items ?? [];
  if (goals.problem) return <Problem of={goals.problem} retry={goals.reload} />;
  if (!goals.data || !objectives.data) return <Waiting />;
  return (
    <Panel title={t("committee.objectives")}>
      {objectives.data.items.length === 0 && <Nothing>{t("committee.objectives.none")}</Nothing>}
      {objectives.data.items.map((o) => {
        const mine = goals.data!.items.filter((g) => g.of === `objective/${String(o.objective_no)}`);
        const last = said.find((s) => s.objective === o.objective_no);
        return (
          <section key={String(o._id)} className="part" aria-label={text(o, "aim")}>
            <h2><a href={link("entities", "objective", String(o._id))}>{text(o, "objective_no")}</a> {text(o, "aim")}</h2>
            <p className="quiet">{text(o, "cycle")} · {text(o, "owner")}{last && ` · ${text(last, "said_on")}: ${text(last, "comment")}`}</p>
            <Table<Goal> fit label={text(o, "aim")} rows={mine} id={(g) => g.record} empty={<Nothing>{t("committee.results.none")}</Nothing>} columns={[
              { name: "metric", title: t("nav.metrics"), width: 210, show: (g) => (g.known ? <a href={link("metrics", g.metric)}>{word(g.label)}</a> : <>{g.metric} <Tag tone="bad">{t("committee.metric.none")}</Tag></>) },
              { name: "way", title: t("committee.way"), width: 200, show: (g) => <span className="number">{figure(g.start, g.decimals, language)} → <strong>{figure(g.now, g.decimals, language, g.unit)}</strong> → {figure(g.target, g.decimals, language, g.unit)}</span> },
              { name: "share", title: t("committee.share"), width: 190, show: (g) => (g.share === null ? "–" : <Progress percent={Math.round(Math.min(Math.max(g.share, 0), 1) * 100)} size="small" aria-label={`${word(g.label)}: ${t("committee.share")}`} format={() => `${Math.round(g.share! * 100)}%`} />) },
              { name: "expected", title: t("committee.expected"), align: "right", width: 90, show: (g) => `${Math.round(g.expected * 100)}%` },
              { name: "standing", title: t("status"), width: 110, show: (g) => <Tag tone={TONES[g.standing]}>{t(`committee.standing.${g.standing}` as Key)}</Tag> },
              { name: "due", title: t("committee.due"), width: 100, show: (g) => g.due },
            ]} />
          </section>
        );
      })}
    </Panel>
  );
}

function Actions() {
  const { t } = useSpeech();
  const open = useAsk<Paged>(asked("governance_action", "open,done", "due_on"));
  const today = new Date().toISOString().slice(0, 10);
  return (
    <Panel title={t("committee.actions.open")}>
      <Problem of={open.problem} retry={open.reload} />
      <Table<Row> fit label={t("committee.actions.open")} rows={open.data?.items ?? []} id={(r) => String(r._id)} loading={open.loading} empty={<Nothing>{t("committee.actions.none")}</Nothing>} columns={[
        { name: "no", title: t("committee.number"), width: 130, show: (r) => <a href={link("entities", "governance_action", String(r._id))}>{text(r, "action_no")}</a> },
        { name: "what", title: t("committee.what"), width: 320, show: (r) => text(r, "what") },
        { name: "decision", title: t("committee.decision"), width: 130, show: (r) => <a href={link("entities", "governance_decision", text(r, "decision"))}>{text(r, "decision")}</a> },
        { name: "who", title: t("committee.responsible"), width: 110, show: (r) => text(r, "responsible") },
        { name: "due", title: t("committee.due"), width: 130, show: (r) => <>{text(r, "due_on")} {r._state === "open" && text(r, "due_on") < today && <Tag tone="bad">{t("committee.late")}</Tag>}</> },
        { name: "state", title: t("status"), width: 100, show: (r) => <Tag tone={r._state === "done" ? "busy" : "plain"}>{t(`committee.action.${String(r._state)}` as Key)}</Tag> },
      ]} />
    </Panel>
  );
}

function Meetings() {
  const { t, moment } = useSpeech();
  const next = useAsk<Paged>(asked("governance_meeting", "planned,held", "held_at"));
  return (
    <Panel title={t("committee.meetings.next")}>
      <Problem of={next.problem} retry={next.reload} />
      <Table<Row> fit label={t("committee.meetings.next")} rows={next.data?.items ?? []} id={(r) => String(r._id)} loading={next.loading} empty={<Nothing>{t("committee.meetings.none")}</Nothing>} columns={[
        { name: "no", title: t("committee.number"), width: 120, show: (r) => <a href={link("entities", "governance_meeting", String(r._id))}>{text(r, "meeting_no")}</a> },
        { name: "subject", title: t("committee.subject"), width: 180, show: (r) => text(r, "subject") },
        { name: "at", title: t("committee.time"), width: 140, show: (r) => moment(r.held_at) },
        { name: "state", title: t("status"), width: 100, show: (r) => <Tag tone={r._state === "held" ? "busy" : "plain"}>{t(`committee.meeting.${String(r._state)}` as Key)}</Tag> },
      ]} />
    </Panel>
  );
}

function Decisions() {
  const { t } = useSpeech();
  const open = useAsk<Paged>(asked("governance_decision", "proposed,decided", "-decision_no"));
  return (
    <Panel title={t("committee.decisions.open")}>
      <Problem of={open.problem} retry={open.reload} />
      <Table<Row> fit label={t("committee.decisions.open")} rows={open.data?.items ?? []} id={(r) => String(r._id)} loading={open.loading} empty={<Nothing>{t("committee.decisions.none")}</Nothing>} columns={[
        { name: "no", title: t("committee.number"), width: 120, show: (r) => <a href={link("entities", "governance_decision", String(r._id))}>{text(r, "decision_no")}</a> },
        { name: "subject", title: t("committee.subject"), width: 200, show: (r) => text(r, "subject") },
        { name: "state", title: t("status"), width: 100, show: (r) => <Tag tone={r._state === "decided" ? "good" : "busy"}>{t(`committee.decision.${String(r._state)}` as Key)}</Tag> },
        { name: "from", title: t("committee.effective"), width: 110, show: (r) => text(r, "effective_on") },
      ]} />
    </Panel>
  );
}
