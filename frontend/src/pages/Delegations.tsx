import { useState } from "react";
import { asProblem, send, useAsk, type Label, type Problem as ProblemError } from "../api";
import { useSpeech, type Key } from "../i18n";
import { local, moment as sent } from "../i18n/time";
import { Button, DayInput, Form, Head, Input, Nothing, Panel, Problem, Select, Table, Tag, Waiting, type Tone } from "../ui";

type Role = { role: string; label: Label };
type Delegation = {
  id: string; giver: string; taker: string; giver_name: string | null; taker_name: string | null; roles: Role[]; valid_from: string; valid_to: string;
  reason: string; given: boolean; stands: "valid" | "coming" | "over" | "revoked";
};
type Answer = { items: Delegation[]; roles: Role[]; persons: { name: string; printed_name: string }[] };
type Typed = { taker: string; roles: string[]; valid_from: string; valid_to: string; reason: string };
const TONES: Record<Delegation["stands"], Tone> = { valid: "good", coming: "busy", over: "plain", revoked: "plain" };
const WEEK = 7 * 24 * 3_600_000;

/** Lending one's roles for a time, and what was lent to oneself. */
export default function Delegations() {
  const { t, word, moment } = useSpeech();
  const asked = useAsk<Answer>("/delegations");
  const [problem, setProblem] = useState<ProblemError>();
  const [form] = Form.useForm<Typed>();
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const { items, roles, persons } = asked.data;
  const act = async (what: () => Promise<unknown>) => {
    setProblem(undefined);
    try {
      await what();
      form.resetFields();
      asked.reload();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  const lend = (v: Typed) => act(() => send("POST", "/delegations", { ...v, valid_from: sent(v.valid_from), valid_to: sent(v.valid_to) }));
  const now = Date.now();
  return (
    <>
      <Head title={t("nav.delegations")} about={t("delegation.about")} />
      <Problem of={problem} />
      {roles.length > 0 && (
        <Panel title={t("delegation.new")}>
          <Form form={form} layout="vertical" onFinish={(v: Typed) => void lend(v)} requiredMark={false}
            initialValues={{ roles: roles.map((r) => r.role), valid_from: local(new Date(now).toISOString()), valid_to: local(new Date(now + WEEK).toISOString()) }}>
            <div className="grid">
              <Form.Item name="taker" label={t("delegation.to")} rules={[{ required: true, message: t("required") }]}>
                <Select showSearch={{ optionFilterProp: "label" }} options={persons.map((p) => ({ value: p.name, label: `${p.printed_name} · ${p.name}` }))} />
              </Form.Item>
              <Form.Item name="roles" label={t("delegation.roles")} rules={[{ required: true, message: t("required") }]}>
                <Select mode="multiple" options={roles.map((r) => ({ value: r.role, label: word(r.label) }))} />
              </Form.Item>
              <Form.Item name="valid_from" label={t("delegation.from")} rules={[{ required: true, message: t("required") }]}><DayInput moment /></Form.Item>
              <Form.Item name="valid_to" label={t("delegation.until")} rules={[{ required: true, message: t("required") }]}><DayInput moment /></Form.Item>
              <Form.Item name="reason" label={t("reason")} className="wide" rules={[{ required: true, whitespace: true, message: t("required") }]}><Input /></Form.Item>
            </div>
            <Button type="primary" htmlType="submit">{t("delegation.do")}</Button>
            <p className="quiet">{t("delegation.bound")}</p>
          </Form>
        </Panel>
      )}
      <Panel>
        <Table<Delegation> label={t("nav.delegations")} rows={items} id={(d) => d.id} empty={<Nothing>{t("delegation.none")}</Nothing>} columns={[
          { name: "way", title: t("delegation.way"), show: (d) => t(d.given ? "delegation.given" : "delegation.taken") },
          { name: "who", title: t("delegation.who"), show: (d) => `${d.giver_name ?? d.giver} → ${d.taker_name ?? d.taker}` },
          { name: "roles", title: t("delegation.roles"), show: (d) => d.roles.map((r) => <Tag key={r.role}>{word(r.label)}</Tag>) },
          { name: "span", title: t("delegation.span"), show: (d) => `${moment(d.valid_from)} – ${moment(d.valid_to)}` },
          { name: "reason", title: t("reason"), show: (d) => d.reason },
          { name: "stands", title: t("status"), show: (d) => <Tag tone={TONES[d.stands]}>{t(`delegation.${d.stands}` as Key)}</Tag> },
          { name: "end", title: t("action"), show: (d) => (d.stands === "valid" || d.stands === "coming") && <Button size="small" danger onClick={() => void act(() => send("DELETE", `/delegations/${d.id}`))}>{t("delegation.end")}</Button> },
        ]} />
      </Panel>
    </>
  );
}
