import { useEffect, useState, type ReactNode } from "react";
import { asProblem, send, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { useInbox } from "../shell/inbox";
import { link } from "../shell/route";
import { Button, Checkbox, Form, Input, Modal, Problem } from "../ui";
import type { Made, Said } from "./model";
import { Outcome, useOutlook } from "./Outcome";

type Typed = { reason: string; run?: boolean };
type Given = { entity: string; said: Said | undefined; kind: Said["kind"]; onDone: (made: Made) => void; children?: ReactNode };

/** A decision in a dialog: what it is about, what would come of it, why, and whether to run at once. */
export function Deciding({ open, title, onClose, afterClose, ...rest }: Given & { open: boolean; title: ReactNode; onClose: () => void; afterClose?: () => void }) {
  return (
    <Modal open={open} title={title} footer={null} width={640} onCancel={onClose} afterClose={afterClose} destroyOnHidden>
      {open && <Form_ {...rest} />}
    </Modal>
  );
}

function Form_({ entity, said, kind, onDone, children }: Given) {
  const { t } = useSpeech();
  const inbox = useInbox();
  const { seen, problem: refused } = useOutlook(entity, said);
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const [early, setEarly] = useState<Typed>(); // given before the server had said what would come of it
  const decide = async ({ reason, run }: Typed) => {
    setBusy(true);
    setProblem(undefined);
    try {
      const made = await send<Made>("POST", `/stewardship/${entity}/decisions`, { ...said, reason, run: !!run && !seen?.second_person });
      inbox.reload();
      onDone(made);
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  useEffect(() => {
    if (!early || !(seen ?? refused)) return;
    setEarly(undefined);
    if (seen && seen.blocked.length === 0) void decide(early);
  });
  return (
    <>
      {children}
      {said && <Outcome kind={kind} seen={seen} problem={refused} />}
      <Form<Typed> name="decision" layout="vertical" onFinish={(v) => (seen ? void decide(v) : setEarly(v))} requiredMark={false}>
        <Form.Item name="reason" label={t("reason")} rules={[{ required: true, whitespace: true, min: 2, message: t("required") }]}>
          <Input maxLength={2000} data-focus={!children || undefined} autoComplete="off" />
        </Form.Item>
        {!seen?.second_person && <Form.Item name="run" valuePropName="checked"><Checkbox>{t("steward.run")}</Checkbox></Form.Item>}
        <Problem of={problem} />
        <Button type="primary" htmlType="submit" loading={busy || !!early} disabled={!said || !!refused || (seen?.blocked.length ?? 0) > 0}>{t(seen?.second_person ? "steward.ask" : `steward.do.${kind}`)}</Button>
      </Form>
    </>
  );
}

/** What became of a decision that was just made. */
export function Became({ of }: { of: Made | undefined }) {
  const { t } = useSpeech();
  if (!of) return null;
  return (
    <p role="status" className="said">
      {t(of.status === "asked" ? "steward.became.asked" : of.run_id ? "steward.became.run" : "steward.became")}
      {of.run_id && <> <a href={link("runs", of.run_id)}>{t("steward.run.see")}</a></>}
    </p>
  );
}
