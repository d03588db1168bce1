import { useState } from "react";
import { asProblem, onceKey, query, send, type EntityMeta, type Field, type Problem as ProblemError, type Row } from "../api";
import { useSpeech } from "../i18n";
import { withheldIn } from "../sharing/KeptBack";
import { Button, Form, Input, Problem } from "../ui";
import { FieldInput, keptValue, shownValues } from "./inputs";

type Given = { meta: EntityMeta; item?: Row; tag?: string; explain?: boolean; onSaved: (id: string) => void };

/** Create or change a native object. What was read and may not be seen stays as it is on the server. */
export function EntityForm({ meta, item, tag, explain, onSaved }: Given) {
  const { t } = useSpeech();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const isHidden = (f: Field) => f.masked || !!withheldIn(item, f.name);
  const save = async (given: Row) => {
    setBusy(true);
    setProblem(undefined);
    const body = Object.fromEntries(meta.fields.map((f) => [f.name, isHidden(f) ? item?.[f.name] ?? null : keptValue(f, given[f.name], item)]));
    try {
      const path = `/entities/${meta.name}`;
      const saved = item
        ? await send<{ item: Row }>("PUT", `${path}/${encodeURIComponent(String(item._id))}${query({ reason: given.__reason as string })}`, body, { "If-Match": tag ?? "" })
        : await send<{ item: Row }>("POST", path, body, { "Idempotency-Key": onceKey() });
      onSaved(String(saved.item._id));
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  const later = item ? [] : meta.fields.filter((f) => !f.required && (meta.process?.asked.includes(f.name) || (f.key && f.given)));
  const now = meta.fields.filter((f) => !later.includes(f) && !isHidden(f));
  return (
    <Form layout="vertical" initialValues={item && shownValues(meta.fields, item)} onFinish={(v: Row) => void save(v)} className="grid-form">
      <Problem of={problem} />
      {meta.fields.some(isHidden) && item && <p role="note">{t("form.hidden")}</p>}
      <div className="grid">{now.map((f) => <Entry key={f.name} field={f} fixed={!!item && f.key} />)}</div>
      {later.length > 0 && (
        <details>
          <summary>{t("form.later")}</summary>
          <div className="grid">{later.map((f) => <Entry key={f.name} field={f} fixed={false} />)}</div>
        </details>
      )}
      {explain && (
        <Form.Item name="__reason" label={t("form.reason")} extra={t("form.reason.about")} rules={[{ required: true, whitespace: true, message: t("required") }]}>
          <Input />
        </Form.Item>
      )}
      <Button type="primary" htmlType="submit" loading={busy}>{t("save")}</Button>
    </Form>
  );
}

function Entry({ field, fixed }: { field: Field; fixed: boolean }) {
  const { t, word } = useSpeech();
  return (
    <Form.Item name={field.name} label={word(field.label)} extra={word(field.hint) || undefined} className={field.long ? "wide" : undefined}
      rules={field.required ? [{ required: true, message: t("required") }] : []}>
      <FieldInput field={field} disabled={fixed} />
    </Form.Item>
  );
}
