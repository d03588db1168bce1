import { useState } from "react";
import { asProblem, send, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { Button, Form, Input, Modal, Problem, Select } from "../ui";
import type { Told } from "./found";

/** Puts a personal value of a record right; the former value is not shown. */
export function Correcting({ of, reason, onClose, onDone }: { of: Told | undefined; reason: string; onClose: () => void; onDone: () => void }) {
  const { t, word } = useSpeech();
  return (
    <Modal open={!!of} title={of && `${t("privacy.correct")}: ${word(of.label)} ${of.number ?? of.id}`} footer={null} onCancel={onClose} destroyOnHidden>
      {of && <One of={of} reason={reason} onDone={onDone} />}
    </Modal>
  );
}

function One({ of, reason, onDone }: { of: Told; reason: string; onDone: () => void }) {
  const { t, word } = useSpeech();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const put = async (v: { field: string; value: string; reason: string }) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await send("POST", "/privacy/correct", { entity: of.entity, id: of.id, ...v });
      onDone();
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  return (
    <Form name="correction" layout="vertical" initialValues={{ field: of.fields[0], reason }} onFinish={(v: { field: string; value: string; reason: string }) => void put(v)}>
      <Problem of={problem} />
      <Form.Item name="field" label={t("field")} rules={[{ required: true, message: t("required") }]}>
        <Select options={of.fields.map((f) => ({ value: f, label: word(of.field_labels[f]) }))} />
      </Form.Item>
      <Form.Item name="value" label={t("privacy.value")} rules={[{ required: true, whitespace: true, message: t("required") }]}><Input autoComplete="off" maxLength={2000} /></Form.Item>
      <Form.Item name="reason" label={t("privacy.reason")} rules={[{ required: true, whitespace: true, min: 2, message: t("required") }]}><Input maxLength={2000} /></Form.Item>
      <Button type="primary" htmlType="submit" loading={busy}>{t("save")}</Button>
    </Form>
  );
}
