import { useEffect, useState } from "react";
import { asProblem, onceKey, query, send, useAsk, type EntityMeta, type Field, type Paged, type Problem as ProblemError, type Row } from "../api";
import { useSpeech } from "../i18n";
import { FieldInput, keptValue, shownValues } from "../meta/inputs";
import { Value } from "../meta/Value";
import { Button, Form, Input, Problem, Quiet, Waiting } from "../ui";

type Given = { part: string; filters: string[]; whole: Row; frozen: boolean; explain: boolean; onChange: () => void };
const MOST = 200;
const NEW = "new";

/** The lines of one kind that belong to a record, changed in place while the record is open; past its first state for a reason, which stays while one goes on. */
export function Lines({ part, filters, whole, frozen, explain, onChange }: Given) {
  const { t, word } = useSpeech();
  const meta = useAsk<EntityMeta>(`/meta/${part}`);
  const rows = useAsk<Paged>(`/entities/${part}${query({ filter: filters, limit: MOST, sort: meta.data ? orderOf(meta.data) : null })}`);
  const [editing, setEditing] = useState<string>();
  const [problem, setProblem] = useState<ProblemError>();
  const [reason, setReason] = useState("");
  if (meta.problem ?? rows.problem) return <Problem of={meta.problem ?? rows.problem} retry={rows.reload} />;
  if (!meta.data || !rows.data) return <Waiting />;
  const fields = meta.data.fields.filter((f) => f.name !== meta.data!.part_of?.field && !inherited(f, filters));
  const mayChange = meta.data.can.update && !frozen;
  const done = () => { setEditing(undefined); setProblem(undefined); rows.reload(); onChange(); };
  const remove = async (row: Row) => {
    try {
      await send("DELETE", `/entities/${part}/${encodeURIComponent(String(row._id))}${query({ reason: reason.trim() || null })}`, undefined, { "If-Match": String(row._revision) });
      done();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  const fresh: Row = { ...fixed(filters), ...nextLine(meta.data, rows.data.items), ...alike(fields, whole) };
  const items = rows.data.items;
  return (
    <>
      <Problem of={problem} />
      {mayChange && explain && items.length > 0 && (
        <label className="bar">{t("line.reason")} <Input size="small" value={reason} maxLength={2000} style={{ maxWidth: 420 }} onChange={(e) => setReason(e.target.value)} /></label>
      )}
      <div className="compare lines" role="region" aria-label={word(meta.data.label)} tabIndex={0}>
        <table>
          <thead><tr>{fields.map((f) => <th key={f.name} scope="col">{word(f.label)}</th>)}{mayChange && <th scope="col">{t("action")}</th>}</tr></thead>
          <tbody>
            {items.map((row) => editing === row._id ? <Edited key={String(row._id)} part={part} meta={meta.data!} fields={fields} row={row} reason={reason} onDone={done} onCancel={() => setEditing(undefined)} /> : (
              <tr key={String(row._id)}>
                {fields.map((f) => <td key={f.name}><Value field={f} row={row} /></td>)}
                {mayChange && (
                  <td className="tight">
                    <Button size="small" disabled={!!editing} onClick={() => setEditing(String(row._id))}>{t("edit")}</Button>{" "}
                    <Button size="small" danger disabled={!!editing} onClick={() => void remove(row)}>{t("line.remove")}</Button>
                  </td>
                )}
              </tr>
            ))}
            {editing === NEW && <Edited part={part} meta={meta.data} fields={fields} row={fresh} reason={reason} onDone={done} onCancel={() => setEditing(undefined)} />}
          </tbody>
        </table>
        {items.length === 0 && editing !== NEW && <Quiet>{t("line.none")}</Quiet>}
      </div>
      {mayChange && editing !== NEW && <p><Button disabled={!!editing} onClick={() => setEditing(NEW)}>{t("line.add")}</Button></p>}
    </>
  );
}

/** One line as inputs: Enter keeps it, Escape leaves it as it was. */
function Edited({ part, meta, fields, row, reason, onDone, onCancel }: { part: string; meta: EntityMeta; fields: Field[]; row: Row; reason: string; onDone: () => void; onCancel: () => void }) {
  const { t, word } = useSpeech();
  const [form] = Form.useForm<Row>();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (document.activeElement?.closest("tr.edited")) return; // whoever types already goes on
      document.querySelector<HTMLElement>("tr.edited input:not([disabled])")?.focus();
    }, 50);
    return () => clearTimeout(timer);
  }, []);
  const save = async () => {
    setBusy(true);
    setProblem(undefined);
    const typed = form.getFieldsValue(true) as Row;
    const shown = new Set(fields.map((f) => f.name));
    const body = Object.fromEntries(meta.fields.map((f) => [f.name, shown.has(f.name) ? keptValue(f, typed[f.name], row) : row[f.name] ?? null]));
    try {
      if (row._id) await send("PUT", `/entities/${part}/${encodeURIComponent(String(row._id))}${query({ reason: reason.trim() || null })}`, body, { "If-Match": String(row._revision) });
      else await send("POST", `/entities/${part}`, body, { "Idempotency-Key": onceKey() });
      onDone();
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  const hear = (event: React.KeyboardEvent) => {
    if (event.key === "Escape") { event.stopPropagation(); onCancel(); }
    if (event.key === "Enter" && event.target instanceof HTMLInputElement && event.target.role !== "combobox") { event.preventDefault(); void save(); }
  };
  return (
    <>
      <tr className="edited" onKeyDown={hear}>
        {fields.map((f) => (
          <td key={f.name}>
            <Form form={form} component={false} initialValues={shownValues(meta.fields, row)}>
              <Form.Item name={f.name} noStyle>
                <FieldInput field={f} compact disabled={!!row._id && f.key} aria-label={word(f.label)} />
              </Form.Item>
            </Form>
          </td>
        ))}
        <td className="tight">
          <Button size="small" type="primary" loading={busy} onClick={() => void save()}>{t("save")}</Button>{" "}
          <Button size="small" onClick={onCancel}>{t("cancel")}</Button>
        </td>
      </tr>
      {problem && <tr><td colSpan={fields.length + 1}><Problem of={problem} /></td></tr>}
    </>
  );
}

const valueIn = (filter: string): [string, string] => {
  const [field = "", , ...rest] = filter.split(":");
  return [field, rest.join(":").split(",")[0] ?? ""];
};

/** What every line of this record has alike, from the conditions that list them. */
const fixed = (filters: string[]): Row => Object.fromEntries(filters.map(valueIn));
const inherited = (field: Field, filters: string[]): boolean => filters.some((f) => valueIn(f)[0] === field.name);
const orderOf = (meta: EntityMeta): string | null => meta.key.filter((k) => k !== meta.part_of?.field)[0] ?? null;

/** The next number, where lines are numbered. */
function nextLine(meta: EntityMeta, rows: Row[]): Row {
  const field = meta.fields.find((f) => f.key && f.type === "integer");
  return field ? { [field.name]: Math.max(0, ...rows.map((r) => Number(r[field.name]) || 0)) + 1 } : {};
}

/** A line mostly speaks of what its record speaks of: references of the same name begin alike. */
const alike = (fields: Field[], whole: Row): Row =>
  Object.fromEntries(fields.filter((f) => f.type === "reference" && typeof whole[f.name] === "string").map((f) => [f.name, whole[f.name]]));
