import { useState } from "react";
import { asProblem, send, type EntityMeta, type Field, type Problem as ProblemError, type Row } from "../api";
import { useSpeech } from "../i18n";
import { Value } from "../meta/Value";
import { useMay } from "../shell/session";
import { Button, Form, Input, InputNumber, Modal, Problem, Select, Tag } from "../ui";
import type { Unmasked } from "./case";

const HOURS = 8;
const MOST = 72;
type Typed = { fields: string[]; reason: string; hours: number };

/** A masked value, with a quiet way to ask for it; one that is shown under a grant says so, and until when. */
export function MaskedValue({ field, item, unmasked, onAsk }: { field: Field; item: Row; unmasked: Unmasked; onAsk: (field: string) => void }) {
  const { t, moment } = useSpeech();
  const may = useMay("unmask:ask");
  if (unmasked.fields.includes(field.name)) {
    return <><Value field={{ ...field, masked: false }} row={item} /> <Tag tone="busy">{t("unmask.shown", { until: moment(unmasked.until) })}</Tag></>;
  }
  return (
    <>
      <Value field={field} row={item} />
      {may && (unmasked.asked ? <span className="quiet"> {t("unmask.waits")}</span> : <Button size="small" type="link" onClick={() => onAsk(field.name)}>{t("unmask.ask")}</Button>)}
    </>
  );
}

/** Which fields, why, for how long. */
export function AskToSee({ meta, item, unmasked, field, onDone, onClose }: {
  meta: EntityMeta; item: Row; unmasked: Unmasked; field: string | undefined; onDone: () => void; onClose: () => void;
}) {
  const { t, word } = useSpeech();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const ask = async (typed: Typed) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await send("POST", "/unmask-grants", { entity: meta.name, record: String(item._id), ...typed });
      onDone();
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(false);
  };
  const masked = meta.fields.filter((f) => f.masked && !unmasked.fields.includes(f.name));
  return (
    <Modal open={field !== undefined} title={t("unmask.ask")} footer={null} onCancel={() => { setProblem(undefined); onClose(); }} destroyOnHidden>
      <p className="quiet">{t("unmask.how")}</p>
      <Problem of={problem} />
      <Form layout="vertical" requiredMark={false} initialValues={{ fields: field ? [field] : [], hours: HOURS }} onFinish={(v: Typed) => void ask(v)}>
        <Form.Item name="fields" label={t("unmask.fields")} rules={[{ required: true, message: t("required") }]}>
          <Select mode="multiple" options={masked.map((f) => ({ value: f.name, label: word(f.label) }))} />
        </Form.Item>
        <Form.Item name="reason" label={t("reason")} rules={[{ required: true, whitespace: true, message: t("required") }]}><Input /></Form.Item>
        <Form.Item name="hours" label={t("unmask.hours")} rules={[{ required: true, message: t("required") }]}><InputNumber min={1} max={MOST} precision={0} /></Form.Item>
        <Button type="primary" htmlType="submit" loading={busy}>{t("unmask.ask")}</Button>
      </Form>
    </Modal>
  );
}
