import { useState } from "react";
import { asProblem, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { Button, Form, Input, Problem } from "../ui";

/** A decision that needs no more than a reason, or, `final`, no more than being meant. What is refused stays open, with what the server said. */
export function Reasoned({ label, decide, onDone, final = false }: { label: string; decide: (reason: string) => Promise<unknown>; onDone: () => void; final?: boolean }) {
  const { t } = useSpeech();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const done = async ({ reason = "" }: { reason?: string }) => {
    setBusy(true);
    try {
      await decide(reason);
      onDone();
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  return (
    <Form layout="vertical" onFinish={(v: { reason?: string }) => void done(v)} requiredMark={false}>
      <Problem of={problem} />
      {!final && (
        <Form.Item name="reason" label={t("reason")} rules={[{ required: true, whitespace: true, message: t("required") }]}><Input maxLength={2000} /></Form.Item>
      )}
      <Button type="primary" danger={final} htmlType="submit" loading={busy} data-focus={final || undefined}>{label}</Button>
    </Form>
  );
}
