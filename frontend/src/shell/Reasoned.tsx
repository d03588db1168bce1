import { useState } from "react";
import { asProblem, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { Button, Form, Input, Problem } from "../ui";
import { InPerson, type Proof } from "./InPerson";

type Typed = { reason?: string; password?: string; code?: string };

/** A decision that needs a reason, or, `final`, no more than being meant; `inPerson` takes the proof of who decides with it. What is refused stays open, with what the server said. */
export function Reasoned({ label, decide, onDone, final = false, inPerson = false }: { label: string; decide: (reason: string, proof?: Proof) => Promise<unknown>; onDone: () => void; final?: boolean; inPerson?: boolean }) {
  const { t } = useSpeech();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const [form] = Form.useForm<Typed>();
  const done = async ({ reason = "", password = "", code }: Typed) => {
    setBusy(true);
    try {
      await decide(reason, inPerson ? { password, code: code || undefined } : undefined);
      onDone();
    } catch (error) {
      setProblem(asProblem(error));
      form.setFieldValue("code", undefined); // each code counts once
      setBusy(false);
    }
  };
  return (
    <Form form={form} layout="vertical" onFinish={(v: Typed) => void done(v)} requiredMark={false}>
      <Problem of={problem} />
      {!final && (
        <Form.Item name="reason" label={t("reason")} rules={[{ required: true, whitespace: true, message: t("required") }]}><Input maxLength={2000} /></Form.Item>
      )}
      {inPerson && <InPerson />}
      <Button type="primary" danger={final} htmlType="submit" loading={busy} data-focus={final || undefined}>{label}</Button>
    </Form>
  );
}
