import { useState } from "react";
import { asProblem, send, useAsk, type Label, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { useMay } from "../shell/session";
import { Button, Form, Head, Input, Modal, Nothing, Panel, Problem, Table, Tabs, Tag } from "../ui";

type Cell = { permitted_by: string[]; refused_by: string | null };
type Matrix = { actions: string[]; items: { role: string; label: Label; actions: Record<string, Cell> }[]; records: Kind[] };
type Kind = { entity: string; label: Label; area: Label; process: boolean; create: string[]; change: string[] };
type Pair = { id: string; one: string; other: string; because: Label };
type Roles = { items: { name: string; label: Label; clearance: string; held: number }[]; incompatible: Pair[] };
type Review = { id: string; at: string; opened_by: string; due_at: string; closed_at: string | null; closed_by: string | null; lines: number; decided: number };
type Line = { account: string; printed_name: string | null; role: string; decision: string | null; decided_by: string | null; decided_at: string | null; reason: string | null };

function MatrixTab() {
  const { t, word } = useSpeech();
  const asked = useAsk<Matrix>("/access-matrix");
  const held = useAsk<Roles>("/roles").data?.items ?? [];
  return (
    <Panel title={t("rights.matrix")}>
      <p className="quiet">{t("rights.matrix.about")}</p>
      <Problem of={asked.problem} />
      <Table<Matrix["items"][number]> wide label={t("rights.matrix")} rows={asked.data?.items ?? []} id={(r) => r.role} loading={asked.loading} columns={[
        { name: "role", title: t("accounts.roles"), show: (r) => <>{word(r.label)} <span className="mono quiet">{r.role}</span></> },
        { name: "held", title: t("rights.held"), align: "right", show: (r) => held.find((h) => h.name === r.role)?.held ?? 0 },
        ...(asked.data?.actions ?? []).map((a) => ({
          name: a, title: <span className="mono">{a}</span>,
          show: (r: Matrix["items"][number]) => {
            const cell = r.actions[a];
            return cell && !cell.refused_by
              ? <><Tag tone="good">{t("yes")}</Tag><br /><span className="mono quiet">{cell.permitted_by.join(", ")}</span></>
              : cell?.refused_by?.includes(".") ? <><Tag tone="bad">{t("no")}</Tag><br /><span className="mono quiet">{cell.refused_by}</span></> : <span className="quiet">–</span>;
          },
        })),
      ]} />
    </Panel>
  );
}

/** Of each kind of record: which roles make new ones, which change what one says. */
function RecordsTab() {
  const { t, word } = useSpeech();
  const asked = useAsk<Matrix>("/access-matrix");
  const called = (role: string) => word(asked.data?.items.find((r) => r.role === role)?.label) || role;
  const list = (roles: string[]) => roles.map(called).join("、");
  return (
    <Panel title={t("rights.records")}>
      <p className="quiet">{t("rights.records.about")}</p>
      <Problem of={asked.problem} />
      <Table<Kind> wide label={t("rights.records")} rows={asked.data?.records ?? []} id={(k) => k.entity} loading={asked.loading} columns={[
        { name: "entity", title: t("rights.records.kind"), show: (k) => <>{word(k.label)} <span className="mono quiet">{k.entity}</span></> },
        { name: "area", title: t("rights.records.area"), show: (k) => word(k.area) },
        { name: "by", title: t("rights.records.by"), show: (k) => t(k.process ? "rights.records.process" : "rights.records.declaration") },
        { name: "create", title: t("rights.records.create"), show: (k) => list(k.create) },
        { name: "change", title: t("rights.records.change"), show: (k) => list(k.change) },
      ]} />
    </Panel>
  );
}

function PairsTab() {
  const { t, word } = useSpeech();
  const asked = useAsk<Roles>("/roles");
  const label = (name: string) => name === "business" ? t("rights.business") : word(asked.data?.items.find((r) => r.name === name)?.label) || name;
  return (
    <Panel title={t("rights.pairs")}>
      <p className="quiet">{t("rights.pairs.about")}</p>
      <Problem of={asked.problem} />
      <Table<Pair> fit label={t("rights.pairs")} rows={asked.data?.incompatible ?? []} id={(p) => p.id} loading={asked.loading} columns={[
        { name: "one", title: t("accounts.roles"), show: (p) => label(p.one) },
        { name: "other", title: t("rights.other"), show: (p) => label(p.other) },
        { name: "because", title: t("reason"), show: (p) => word(p.because) },
        { name: "policy", title: t("rights.policy"), show: (p) => <span className="mono">{p.id}</span> },
      ]} />
    </Panel>
  );
}

function ReviewsTab() {
  const { t, moment } = useSpeech();
  const asked = useAsk<{ items: Review[]; next_due: string | null }>("/access-reviews");
  const may = useMay("access:review");
  const [chosen, setChosen] = useState<string>();
  const [problem, setProblem] = useState<ProblemError>();
  const act = async (what: () => Promise<unknown>) => {
    setProblem(undefined);
    try {
      await what();
      asked.reload();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  const due = asked.data?.next_due;
  return (
    <>
      <Panel title={t("rights.reviews")}>
        <p className="quiet">{t("rights.reviews.about")} {due && <Tag tone={new Date(due) < new Date() ? "bad" : "plain"}>{t("rights.due")} {moment(due)}</Tag>}</p>
        <Problem of={problem ?? asked.problem} />
        {may && <div className="bar"><Button type="primary" onClick={() => void act(async () => setChosen((await send<{ id: string }>("POST", "/access-reviews")).id))}>{t("rights.review.open")}</Button></div>}
        <Table<Review> label={t("rights.reviews")} rows={asked.data?.items ?? []} id={(r) => r.id} loading={asked.loading} empty={<Nothing>{t("rights.reviews.none")}</Nothing>} columns={[
          { name: "id", title: t("rights.review"), show: (r) => <Button type="link" size="small" onClick={() => setChosen(r.id)}>{r.id}</Button> },
          { name: "at", title: t("at"), show: (r) => `${moment(r.at)} ${r.opened_by}` },
          { name: "decided", title: t("rights.decided"), align: "right", show: (r) => `${r.decided} / ${r.lines}` },
          { name: "closed", title: t("status"), show: (r) => r.closed_at ? <Tag tone="good">{t("rights.closed")} {moment(r.closed_at)} {r.closed_by}</Tag> : <Tag tone="busy">{t("rights.open")} {moment(r.due_at)}</Tag> },
          { name: "close", title: t("action"), show: (r) => may && !r.closed_at ? <Button size="small" onClick={() => void act(() => send("POST", `/access-reviews/${r.id}/closing`))}>{t("rights.close")}</Button> : null },
        ]} />
      </Panel>
      {chosen && <Lines review={chosen} onDecided={asked.reload} />}
    </>
  );
}

function Lines({ review, onDecided }: { review: string; onDecided: () => void }) {
  const { t, word, moment } = useSpeech();
  const asked = useAsk<{ items: Line[]; closed_at: string | null }>(`/access-reviews/${review}`);
  const may = useMay("access:review");
  const [problem, setProblem] = useState<ProblemError>();
  const [taking, setTaking] = useState<Line>();
  const roles = useAsk<Roles>("/roles").data?.items ?? [];
  const called = (role: string) => word(roles.find((r) => r.name === role)?.label) || role;
  const decide = async (line: Line, keep: boolean, reason?: string) => {
    setProblem(undefined);
    try {
      await send("POST", `/access-reviews/${review}/decisions`, { account: line.account, role: line.role, keep, reason });
      setTaking(undefined);
      asked.reload();
      onDecided();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return (
    <Panel title={review}>
      <Problem of={problem ?? asked.problem} />
      <Table<Line> label={review} rows={asked.data?.items ?? []} id={(x) => `${x.account}/${x.role}`} loading={asked.loading} columns={[
        { name: "account", title: t("sign.name"), show: (x) => <>{x.printed_name} <span className="mono quiet">{x.account}</span></> },
        { name: "role", title: t("accounts.roles"), show: (x) => <>{called(x.role)} <span className="mono quiet">{x.role}</span></> },
        { name: "decision", title: t("rights.decided"), show: (x) => x.decision
          ? <><Tag tone={x.decision === "confirmed" ? "good" : "bad"}>{t(`rights.${x.decision as "confirmed" | "withdrawn"}`)}</Tag> {x.decided_by} {moment(x.decided_at)} {x.reason}</>
          : may && !asked.data?.closed_at
            ? <span className="bar" style={{ margin: 0 }}><Button size="small" onClick={() => void decide(x, true)}>{t("rights.keep")}</Button><Button size="small" danger onClick={() => setTaking(x)}>{t("rights.withdraw")}</Button></span>
            : <Tag tone="warn">{t("rights.undecided")}</Tag> },
      ]} />
      <Modal open={taking !== undefined} title={taking && `${t("rights.withdraw")}: ${taking.printed_name ?? taking.account} · ${called(taking.role)}`} footer={null} destroyOnHidden onCancel={() => setTaking(undefined)}>
        <Problem of={problem} />
        <Form layout="vertical" requiredMark={false} onFinish={(v: { reason: string }) => { if (taking) void decide(taking, false, v.reason); }}>
          <Form.Item label={t("reason")} name="reason" rules={[{ required: true, message: t("required") }]}><Input.TextArea rows={2} /></Form.Item>
          <Button danger htmlType="submit">{t("rights.withdraw")}</Button>
        </Form>
      </Modal>
    </Panel>
  );
}

export default function Rights() {
  const { t } = useSpeech();
  return (
    <>
      <Head title={t("nav.rights")} about={t("rights.about")} />
      <Tabs items={[
        { key: "matrix", label: t("rights.matrix"), children: <MatrixTab /> },
        { key: "records", label: t("rights.records"), children: <RecordsTab /> },
        { key: "pairs", label: t("rights.pairs"), children: <PairsTab /> },
        { key: "reviews", label: t("rights.reviews"), children: <ReviewsTab /> },
      ]} />
    </>
  );
}
