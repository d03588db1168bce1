import { useState } from "react";
import { asProblem, query, send, type Problem as ProblemError, type Rule } from "../api";
import { useSpeech } from "../i18n";
import { Button, Drawer, Form, Input, Nothing, Problem, Switch, Table, Tag, Upload } from "../ui";
import type { CellChange } from "./model";

type Line = { id: string; file: string; row: number; key: string | null; changes: CellChange[]; passes: boolean; rules: Rule[] };
type Told = { rows: number; changed: number; passing: number; strangers: number; items: Line[] };

const form = (file: File) => { const made = new FormData(); made.append("file", file); return made; };

/** A sheet that was exported and corrected comes back: first what it would change, then the decision. */
export function SheetBack({ onDone }: { onDone: () => void }) {
  const { t } = useSpeech();
  const [sheet, setSheet] = useState<{ file: File; told: Told }>();
  const [problem, setProblem] = useState<ProblemError>();
  const read = async (file: File) => {
    setProblem(undefined);
    try {
      setSheet({ file, told: await send<Told>("POST", "/quarantine/sheet/trial", form(file)) });
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return (
    <>
      <Upload showUploadList={false} accept=".csv,.xlsx" beforeUpload={(file) => { void read(file as unknown as File); return false; }}><Button>{t("held.sheet.back")}</Button></Upload>
      <Drawer open={sheet !== undefined || problem !== undefined} title={t("held.sheet")} onClose={() => { setSheet(undefined); setProblem(undefined); }} size="large" destroyOnHidden>
        <Problem of={problem} />
        {sheet && <Changes file={sheet.file} told={sheet.told} onDone={() => { setSheet(undefined); onDone(); }} />}
      </Drawer>
    </>
  );
}

function Changes({ file, told, onDone }: { file: File; told: Told; onDone: () => void }) {
  const { t, word, number } = useSpeech();
  const [reason, setReason] = useState("");
  const [passing, setPassing] = useState(false);
  const [problem, setProblem] = useState<ProblemError>();
  const accept = async () => {
    try {
      await send("POST", `/quarantine/sheet${query({ reason, passing })}`, form(file));
      onDone();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return (
    <>
      <p>{t("held.sheet.told", { rows: number(told.rows), changed: number(told.changed), passing: number(told.passing) })}{told.strangers > 0 && ` ${t("held.sheet.strangers", { n: number(told.strangers) })}`}</p>
      <Table<Line> fit label={t("held.sheet")} rows={told.items} id={(l) => l.id} empty={<Nothing>{t("held.sheet.same")}</Nothing>} columns={[
        { name: "row", title: t("row"), show: (l) => <><span className="mono break">{l.key ?? "–"}</span><div className="quiet break">{l.file} · {number(l.row)}</div></> },
        { name: "changes", title: t("held.changes"), show: (l) => l.changes.map((c) => <div key={c.column} className="mono break">{c.column}: <del>{c.before ?? "∅"}</del> → <ins>{c.after ?? "∅"}</ins></div>) },
        { name: "passes", title: t("held.try"), show: (l) => (l.passes ? <Tag tone="good">{t("held.passes")}</Tag> : l.rules.map((r) => <div key={r.id}><Tag tone="warn">{word(r.label)}</Tag></div>)) },
      ]} />
      <Form layout="vertical" requiredMark={false} onFinish={() => void accept()}>
        <Form.Item label={t("reason")}><Input aria-label={t("reason")} value={reason} maxLength={2000} onChange={(e) => setReason(e.target.value)} /></Form.Item>
        <Form.Item><Switch aria-label={t("held.sheet.passing")} checked={passing} onChange={setPassing} /> {t("held.sheet.passing")}</Form.Item>
        <Problem of={problem} />
        <Button type="primary" htmlType="submit" disabled={reason.trim().length < 2 || (passing ? told.passing : told.changed) === 0}>{t("held.sheet.accept", { n: number(passing ? told.passing : told.changed) })}</Button>
      </Form>
    </>
  );
}
