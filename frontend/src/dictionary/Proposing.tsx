import { useState, type ReactNode } from "react";
import { asProblem, send, useAsk, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { Button, DayInput, Form, Input, Modal, Problem, Select } from "../ui";
import { Impacts } from "../changes/Impact";
import type { Impact, Wanted } from "../changes/model";
import type { Tree } from "./model";

type Sent = Wanted;

/** A form whose content is proposed, with a reason, for somebody else to decide; where it can be tried, what it would do is shown first. */
export function Proposing<T extends object>({ title, initial, sent, children, tries = false, onDone, onClose }: {
  title: string; initial: T; sent: (typed: T) => Sent[]; children: ReactNode; tries?: boolean; onDone: () => void; onClose: () => void;
}) {
  const { t } = useSpeech();
  const [form] = Form.useForm<T & { reason: string; effective_from?: string }>();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState<Impact[]>();
  const [trying, setTrying] = useState(false);
  const attempt = async () => {
    setTrying(true);
    setProblem(undefined);
    setTried(undefined);
    try {
      setTried((await send<{ items: Impact[] }>("POST", "/definition-changes/trial", { changes: sent(form.getFieldsValue(true) as T) })).items);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setTrying(false);
    }
  };
  const done = async (typed: T & { reason: string; effective_from?: string }) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await send("POST", "/definition-changes", { changes: sent(typed), reason: typed.reason, effective_from: typed.effective_from || undefined });
      onDone();
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  return (
    <Modal open title={title} footer={null} onCancel={onClose} width={760}>
      <Form form={form} layout="vertical" initialValues={initial} onFinish={(v) => void done(v as T & { reason: string })}>
        {children}
        <Form.Item name="reason" label={t("reason")} rules={[{ required: true, whitespace: true, message: t("required") }]}><Input maxLength={2000} /></Form.Item>
        <Form.Item name="effective_from" label={t("glossary.from")} extra={t("glossary.from.hint")}><DayInput /></Form.Item>
        <p className="quiet">{t("glossary.another")}</p>
        <Problem of={problem} />
        {tried && (tried.length ? <Impacts of={tried} /> : <p className="quiet">{t("changes.same")}</p>)}
        <div className="bar">
          {tries && <Button loading={trying} onClick={() => void attempt()}>{t("changes.try")}</Button>}
          <Button type="primary" htmlType="submit" loading={busy}>{t("dictionary.propose")}</Button>
        </div>
      </Form>
    </Modal>
  );
}

/** Who may answer for something. */
export function OwnerChoice({ name, label }: { name: string; label: string }) {
  const { word } = useSpeech();
  const owners = useAsk<Tree>("/dictionary-domains").data?.owners ?? [];
  return <Form.Item name={name} label={label}><Select allowClear showSearch={{ optionFilterProp: "label" }} options={owners.map((o) => ({ value: o.name, label: word(o.label) }))} /></Form.Item>;
}
