import { useState } from "react";
import { asProblem, send, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { Button, Drawer, Form, Input, Problem, Select } from "../ui";
import { Verdict } from "./Verdict";
import type { Kind, Tried, Which } from "./model";

const PROPOSED = "\u0000proposed"; // no column is called so
const KINDS: Kind[] = ["corrected", "approved", "rejected", "returned"];

/** One decision over many rows: those that were chosen, or all open ones of the filter. */
export function Many({ which, count, columns, proposals, onClose, onDone }: { which: Which | null; count: number; columns: string[]; proposals: number; onClose: () => void; onDone: () => void }) {
  const { t, number } = useSpeech();
  return (
    <Drawer open={which !== null} title={t("held.many", { n: number(count) })} onClose={onClose} size="large" destroyOnHidden>
      {which && <Decision which={which} columns={columns} proposals={proposals} onDone={onDone} />}
    </Drawer>
  );
}

function Decision({ which, columns, proposals, onDone }: { which: Which; columns: string[]; proposals: number; onDone: () => void }) {
  const { t } = useSpeech();
  const [kind, setKind] = useState<Kind>("corrected");
  const [column, setColumn] = useState("");
  const [value, setValue] = useState("");
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState<Tried>();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const asProposed = kind === "corrected" && column === PROPOSED;
  const values = kind === "corrected" && column && !asProposed ? { [column]: value === "" ? null : value } : {};
  const asking = async (ask: () => Promise<void>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await ask();
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(false);
  };
  return (
    <Form layout="vertical" requiredMark={false} onFinish={() => void asking(async () => { await send("POST", "/quarantine/decisions", { ...which, kind, reason, values, as_proposed: asProposed }); onDone(); })}>
      <Form.Item label={t("held.decision")}>
        <Select aria-label={t("held.decision")} value={kind} onChange={(k: Kind) => { setKind(k); setTried(undefined); }} options={KINDS.map((k) => ({ value: k, label: t(`held.kind.${k}`) }))} />
      </Form.Item>
      {kind === "corrected" && (
        <>
          <Form.Item label={t("held.column")} extra={t("held.column.about")}>
            <Select aria-label={t("held.column")} value={column} onChange={(c: string) => { setColumn(c); setTried(undefined); }} showSearch={{ optionFilterProp: "label" }}
              options={[{ value: "", label: t("held.column.none") }, ...(proposals ? [{ value: PROPOSED, label: t("held.column.proposed") }] : []), ...columns.map((c) => ({ value: c, label: c }))]} />
          </Form.Item>
          {column && !asProposed && <Form.Item label={t("held.value")}><Input aria-label={t("held.value")} className="mono" value={value} maxLength={4000} onChange={(e) => { setValue(e.target.value); setTried(undefined); }} /></Form.Item>}
          {tried && <Verdict of={tried} />}
        </>
      )}
      <Form.Item label={t("reason")}><Input aria-label={t("reason")} value={reason} maxLength={2000} onChange={(e) => setReason(e.target.value)} /></Form.Item>
      <Problem of={problem} />
      <div className="bar">
        {kind === "corrected" && <Button loading={busy} onClick={() => void asking(async () => setTried(await send<Tried>("POST", "/quarantine/trials", { ...which, values, as_proposed: asProposed })))}>{t("held.try")}</Button>}
        <Button type="primary" htmlType="submit" loading={busy} disabled={reason.trim().length < 2}>{t("held.decide.all")}</Button>
      </div>
    </Form>
  );
}
