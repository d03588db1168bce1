import { useState } from "react";
import { asProblem, send, type EntityMeta, type Problem as ProblemError, type WrongRow } from "../api";
import { useSpeech } from "../i18n";
import { Button, Modal, Problem, Table, Upload } from "../ui";

type Made = { batch: string; count: number };

/** Many records from a file: all of them or none; what is wrong is told row by row. */
export function FromFile({ meta, onMade, onClose }: { meta: EntityMeta; onMade: () => void; onClose: () => void }) {
  const { t, word, number } = useSpeech();
  const [problem, setProblem] = useState<ProblemError>();
  const [made, setMade] = useState<Made>();
  const [busy, setBusy] = useState(false);
  const hand = async (file: File) => {
    const form = new FormData();
    form.append("file", file);
    setBusy(true);
    setProblem(undefined);
    setMade(undefined);
    try {
      setMade(await send<Made>("POST", `/entities/${meta.name}/file`, form));
      onMade();
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(false);
  };
  const called = (name: string | null) => word(meta.fields.find((f) => f.name === name)?.label) || name || word(meta.label);
  const headings = meta.fields.map((f) => word(f.label)).join(",");
  return (
    <Modal open title={t("many.title", { what: word(meta.label) })} footer={null} onCancel={onClose} width={720}>
      <p>{t("many.how")}</p>
      <p className="quiet">{t("many.needed", { fields: meta.fields.filter((f) => f.required).map((f) => word(f.label)).join(t("list.comma")) })}</p>
      <div className="bar">
        <Upload showUploadList={false} accept=".csv,.xlsx,.json" disabled={busy} beforeUpload={(file) => { void hand(file as unknown as File); return false; }}>
          <Button type="primary" loading={busy}>{t("sources.choose")}</Button>
        </Upload>
        <Button href={`data:text/csv;charset=utf-8,${encodeURIComponent(`\ufeff${headings}\r\n`)}`} download={`${meta.name}.csv`}>{t("many.template")}</Button>
      </div>
      {made && <p role="status">{t("many.made", { count: number(made.count) })}</p>}
      {problem && problem.rows.length > 0 ? <p className="problem" role="alert">{t("many.refused")}</p> : <Problem of={problem} />}
      {problem && problem.rows.length > 0 && (
        <Table<WrongRow>
          label={t("many.wrong")} fit rows={problem.rows} id={(r) => `${r.row} ${r.field} ${r.label.en}`}
          columns={[
            { name: "row", title: t("many.row"), align: "right", show: (r) => number(r.row) },
            { name: "field", title: t("many.field"), show: (r) => called(r.field) },
            { name: "label", title: t("many.why"), show: (r) => word(r.label) },
            { name: "value", title: t("many.value"), show: (r) => r.value ?? "–" },
          ]}
        />
      )}
    </Modal>
  );
}
