import { useState } from "react";
import { asProblem, address, query, send, type Problem as ProblemError } from "../api";
import { useSpeech, type Key } from "../i18n";
import { Button, Drawer, Form, Input, Nothing, Problem, Table, Tag, Upload } from "../ui";

type Line = { row: number; subject: string; cells: { column: string; before: string; after: string }[]; error: { message: string; hint: string } | null };
type Told = { changed: number; refused: number; items: Line[] };
const form = (file: File) => { const made = new FormData(); made.append("file", file); return made; };

/** The dictionary as a sheet: sent out, and back with what was edited; first looked at line by line, then proposed whole or not at all. */
export function Sheet({ proposes, onDone }: { proposes: boolean; onDone: () => void }) {
  const { t } = useSpeech();
  const [came, setCame] = useState<{ file: File; told: Told }>();
  const [problem, setProblem] = useState<ProblemError>();
  const read = async (file: File) => {
    setProblem(undefined);
    try {
      setCame({ file, told: await send<Told>("POST", "/dictionary-sheet/trial", form(file)) });
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return (
    <>
      <Button href={address("/dictionary.xlsx")}>{t("glossary.export")}</Button>
      <Button href={address("/dictionary.csv")}>CSV</Button>
      {proposes && <Upload showUploadList={false} accept=".csv,.xlsx" beforeUpload={(file) => { void read(file as unknown as File); return false; }}><Button>{t("glossary.import")}</Button></Upload>}
      <Drawer open={came !== undefined || problem !== undefined} title={t("glossary.import")} onClose={() => { setCame(undefined); setProblem(undefined); }} size="large" destroyOnHidden>
        <Problem of={problem} />
        {came && <Lines file={came.file} told={came.told} onDone={() => { setCame(undefined); onDone(); }} />}
      </Drawer>
    </>
  );
}

function Lines({ file, told, onDone }: { file: File; told: Told; onDone: () => void }) {
  const { t, number, has } = useSpeech();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const propose = async ({ reason }: { reason: string }) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await send("POST", `/dictionary-sheet${query({ reason })}`, form(file));
      onDone();
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  const called = (n: string) => (has(`glossary.word.${n}`) ? t(`glossary.word.${n}` as Key) : n);
  return (
    <>
      <p><Tag tone="busy">{t("glossary.changes", { n: number(told.changed) })}</Tag> <Tag tone={told.refused ? "bad" : "good"}>{t("glossary.refused", { n: number(told.refused) })}</Tag></p>
      {told.refused > 0 && <p>{t("glossary.mend")}</p>}
      <Table<Line> fit label={t("glossary.import")} rows={told.items} id={(l) => `${l.row}`} empty={<Nothing>{t("glossary.same")}</Nothing>} columns={[
        { name: "row", title: t("many.row"), width: 60, align: "right", show: (l) => number(l.row) },
        { name: "subject", title: t("technical"), width: 170, show: (l) => <span className="mono break">{l.subject}</span> },
        { name: "what", title: t("glossary.what"), width: 380, show: (l) => (l.error ? <><Tag tone="bad">{t("glossary.state.refused")}</Tag> {l.error.message}<div className="quiet">{l.error.hint}</div></> : (
          <ul className="plain">{l.cells.map((c) => <li key={c.column}><span className="quiet">{called(c.column)}: </span><del>{c.before || "–"}</del> → {c.after || "–"}</li>)}</ul>
        )) },
      ]} />
      {told.changed > 0 && told.refused === 0 && (
        <Form layout="vertical" onFinish={(v: { reason: string }) => void propose(v)}>
          <Form.Item name="reason" label={t("reason")} rules={[{ required: true, whitespace: true, message: t("required") }]}><Input maxLength={2000} /></Form.Item>
          <p className="quiet">{t("glossary.another")}</p>
          <Problem of={problem} />
          <Button type="primary" htmlType="submit" loading={busy}>{t("dictionary.propose")}</Button>
        </Form>
      )}
    </>
  );
}
