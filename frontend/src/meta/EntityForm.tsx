import { useState } from "react";
import { asProblem, send, type EntityMeta, type Field, type Problem as ProblemError, type Row } from "../api";
import { useSpeech } from "../i18n";
import { Button, Form, Input, InputNumber, Problem, Select, Switch } from "../ui";

/** Create or change a native object. What was read and may not be seen stays as it is on the server. */
export function EntityForm({ meta, item, tag, onSaved }: { meta: EntityMeta; item?: Row; tag?: string; onSaved: (id: string) => void }) {
  const { t, word } = useSpeech();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const hidden = meta.fields.some((f) => f.masked);
  const save = async (given: Row) => {
    setBusy(true);
    setProblem(undefined);
    const body = Object.fromEntries(meta.fields.map((f) => [f.name, given[f.name] === "" || given[f.name] === undefined ? null : given[f.name]]));
    try {
      const path = `/entities/${meta.name}`;
      const saved = item
        ? await send<{ item: Row }>("PUT", `${path}/${encodeURIComponent(String(item._id))}`, body, { "If-Match": tag ?? "" })
        : await send<{ item: Row }>("POST", path, body);
      onSaved(String(saved.item._id));
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  if (item && hidden) return <p role="note">{t("form.hidden")}</p>;
  return (
    <Form layout="vertical" initialValues={item} onFinish={(v: Row) => void save(v)}>
      <Problem of={problem} />
      {meta.fields.map((f) => (
        <Form.Item key={f.name} name={f.name} label={word(f.label)} extra={word(f.hint) || undefined} valuePropName={f.type === "truth" ? "checked" : "value"}
          rules={f.required ? [{ required: true, message: t("required") }] : []}>
          {input(f, word)}
        </Form.Item>
      ))}
      <Button type="primary" htmlType="submit" loading={busy}>{t("save")}</Button>
    </Form>
  );
}

function input(field: Field, word: (label: Field["label"]) => string) {
  switch (field.type) {
    case "choice":
      return <Select allowClear={!field.required} options={field.choices?.map((c) => ({ value: c.code, label: word(c.label) }))} />;
    case "integer":
      return <InputNumber precision={0} style={{ width: "100%" }} />;
    case "number":
      return <InputNumber style={{ width: "100%" }} suffix={field.unit ?? undefined} />;
    case "truth":
      return <Switch />;
    case "date":
      return <Input type="date" />;
    case "moment":
      return <Input type="datetime-local" />;
    default:
      return <Input placeholder={field.example ?? undefined} />;
  }
}
