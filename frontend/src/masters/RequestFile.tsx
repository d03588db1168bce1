import { useState } from "react";
import { asProblem, query, send, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { useCalled } from "../shell/names";
import { go, link } from "../shell/route";
import { Button, Form, Head, Input, Panel, Problem, Table, Tag, Upload } from "../ui";
import type { AlikeFound } from "./request";

type Line = { row: number; name: string | null; wrong: string; alike: AlikeFound };
type Told = { rows: Line[]; wrong: number; numbers: number[] };

/** Many asked for from a file: first each row with what is wrong with it and what is like it, then all at once. */
export function RequestFile({ entity }: { entity: string }) {
  const { t, number } = useSpeech();
  const called = useCalled();
  const [sheet, setSheet] = useState<{ file: File; told: Told }>();
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const hand = async (file: File, why: string, trial: boolean) => {
    const form = new FormData();
    form.append("file", file);
    setBusy(true);
    setProblem(undefined);
    try {
      const told = await send<Told>("POST", `/stewardship/${entity}/requests/file${query({ reason: why, trial })}`, form);
      if (trial) setSheet({ file, told });
      else go(`${link("masters", entity, "requests")}?status=submitted`);
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(false);
  };
  const like = (of: AlikeFound) => of.golden.length + of.beside.length + of.rows.length + of.unseen;
  return (
    <>
      <p><a href={link("masters", entity, "requests")}>← {t("asked.title")}</a></p>
      <Head title={t("asked.file")} about={`${called(entity)} · ${t("asked.file.about")}`} />
      <Panel>
        <Upload showUploadList={false} accept=".csv,.xlsx,.json" beforeUpload={(file) => { void hand(file as unknown as File, t("asked.file"), true); return false; }}><Button loading={busy}>{t("asked.file.choose")}</Button></Upload>
        <Problem of={problem} />
      </Panel>
      {sheet && (
        <Panel title={sheet.file.name}>
          <p role="status">{t("asked.file.told", { rows: number(sheet.told.rows.length), wrong: number(sheet.told.wrong), alike: number(sheet.told.rows.filter((l) => like(l.alike) > 0).length) })}</p>
          <Table<Line> fit label={t("asked.file")} rows={sheet.told.rows} id={(l) => String(l.row)} columns={[
            { name: "row", title: t("asked.row"), align: "right", width: 56, show: (l) => number(l.row) },
            { name: "name", title: t("name"), width: 240, show: (l) => l.name ?? "" },
            { name: "wrong", title: t("asked.wrong"), width: 300, show: (l) => (l.wrong ? <Tag tone="bad">{l.wrong}</Tag> : <Tag tone="good">{t("asked.fine")}</Tag>) },
            { name: "alike", title: t("asked.alike"), width: 300, show: (l) => <>
              {l.alike.golden.map((g) => <div key={g.golden_id}><a href={link("masters", entity, g.golden_id)}>{g.name}</a></div>)}
              {l.alike.beside.map((b) => <div key={b.request}><a href={link("masters", entity, "requests", String(b.request))}>{t("asked.one", { id: b.request })}</a></div>)}
              {l.alike.rows.map((n) => <div key={n}>{t("asked.file.row", { n })}</div>)}
            </> },
          ]} />
          <Form layout="vertical" onFinish={() => void hand(sheet.file, reason, false)}>
            <Form.Item label={t("asked.why")} htmlFor="why" required><Input.TextArea id="why" value={reason} onChange={(e) => setReason(e.target.value)} autoSize={{ minRows: 2 }} maxLength={2000} /></Form.Item>
            <Button type="primary" htmlType="submit" loading={busy} disabled={sheet.told.wrong > 0 || reason.trim().length < 2}>{t("asked.file.submit", { n: number(sheet.told.rows.length) })}</Button>
          </Form>
        </Panel>
      )}
    </>
  );
}
