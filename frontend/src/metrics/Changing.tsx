import { useState } from "react";
import { asProblem, send, type Problem as ProblemError } from "../api";
import { OwnerChoice } from "../dictionary/Proposing";
import { useSpeech } from "../i18n";
import { link } from "../shell/route";
import { Button, DayInput, Form, Input, InputNumber, Modal, Problem, Select } from "../ui";
import { Beside } from "./Beside";
import type { Effect, One } from "./model";

type Typed = { zh?: string; en?: string; meaning_zh?: string; meaning_en?: string; owner?: string; target?: number | null; where?: string[]; reason: string; effective_from?: string };

/** What a company says of a metric instead of what is declared: its effect on history is seen before it is proposed. */
export function Changing({ of: m, language, onClose }: { of: One; language: string; onClose: () => void }) {
  const { t, word } = useSpeech();
  const [form] = Form.useForm<Typed>();
  const [effect, setEffect] = useState<Effect>();
  const [proposal, setProposal] = useState<string>();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const content = (typed: Typed) => {
    const given: Record<string, unknown> = { ...(m.said?.content ?? {}) };
    if (typed.zh && typed.zh !== m.label.zh) given.zh = typed.zh;
    if (typed.en && typed.en !== m.label.en) given.en = typed.en;
    if (typed.meaning_zh && typed.meaning_en && (typed.meaning_zh !== m.meaning.zh || typed.meaning_en !== m.meaning.en)) given.meaning = { zh: typed.meaning_zh, en: typed.meaning_en };
    if (typed.owner && typed.owner !== m.owner) given.owner = typed.owner;
    if (typeof typed.target === "number" && typed.target !== m.target) given.target = typed.target;
    if (m.made_of.length === 0 && JSON.stringify(typed.where ?? []) !== JSON.stringify(m.where)) given.where = typed.where ?? [];
    return Object.keys(given).length ? given : null;
  };
  const ask = async (act: () => Promise<void>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await act();
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  const look = () => ask(async () => setEffect(await send<Effect>("POST", `/metrics/${m.name}/effect`, { content: content(form.getFieldsValue(true) as Typed) })));
  const propose = (typed: Typed) => ask(async () => {
    const change = { kind: "metric", subject: `metric:${m.name}`, content: content(typed) };
    setProposal((await send<{ proposal: string }>("POST", "/definition-changes", { changes: [change], reason: typed.reason, effective_from: typed.effective_from || undefined })).proposal);
  });
  return (
    <Modal open title={`${t("metrics.change")}: ${word(m.label)}`} footer={null} onCancel={onClose} width={860}>
      {proposal ? <p role="status" className="said">{t("metrics.proposed")} <a href={link("changes", proposal)}>{proposal}</a></p> : (
        <Form form={form} layout="vertical" onFinish={(v) => void propose(v as Typed)} onValuesChange={() => setEffect(undefined)}
          initialValues={{ zh: m.label.zh, en: m.label.en, meaning_zh: m.meaning.zh, meaning_en: m.meaning.en, owner: m.owner, target: m.target, where: m.where }}>
          <div className="grid">
            <Form.Item name="zh" label={t("metrics.name.zh")}><Input maxLength={200} /></Form.Item>
            <Form.Item name="en" label={t("metrics.name.en")}><Input maxLength={200} /></Form.Item>
            <Form.Item name="meaning_zh" label={t("metrics.meaning.zh")}><Input.TextArea rows={2} maxLength={4000} /></Form.Item>
            <Form.Item name="meaning_en" label={t("metrics.meaning.en")}><Input.TextArea rows={2} maxLength={4000} /></Form.Item>
            <OwnerChoice name="owner" label={t("owner")} />
            <Form.Item name="target" label={`${t("metrics.target")}${m.unit ? ` (${m.unit})` : ""}`}><InputNumber style={{ width: "100%" }} /></Form.Item>
            {m.made_of.length === 0 && Object.keys(m.qualifiers).length > 0 && (
              <Form.Item name="where" label={t("metrics.where")} className="wide"><Select mode="multiple" options={Object.entries(m.qualifiers).map(([q, label]) => ({ value: q, label: word(label) }))} /></Form.Item>
            )}
          </div>
          <p><Button onClick={() => void look()} loading={busy && !effect}>{t("metrics.effect")}</Button></p>
          {effect && <Beside of={effect} decimals={m.decimals} unit={m.unit} bars={false} language={language} />}
          <Form.Item name="reason" label={t("reason")} rules={[{ required: true, whitespace: true, message: t("required") }]}><Input maxLength={2000} /></Form.Item>
          <Form.Item name="effective_from" label={t("glossary.from")} extra={t("glossary.from.hint")}><DayInput /></Form.Item>
          <p className="quiet">{t("glossary.another")}</p>
          <Problem of={problem} />
          <Button type="primary" htmlType="submit" loading={busy} disabled={!effect}>{t("dictionary.propose")}</Button> {!effect && <span className="quiet">{t("metrics.effect.first")}</span>}
        </Form>
      )}
    </Modal>
  );
}
