import { useEffect, useState } from "react";
import { get, query, type Field, type Row } from "../api";
import { useSpeech } from "../i18n";
import { local, moment } from "../i18n/time";
import { useNames } from "../shell/names";
import { AutoComplete, DayInput, Form, Input, InputNumber, Select, Switch } from "../ui";

type Choice = { value: string; title: string | null };
type Given = { value?: unknown; onChange?: (value: unknown) => void; id?: string; disabled?: boolean; "aria-label"?: string };

/** The input for a field, controlled by a form or by hand. References offer what they may name and take any text. */
export function FieldInput({ field, compact, ...given }: { field: Field; compact?: boolean } & Given) {
  const { t, word } = useSpeech();
  const text = { ...given, value: given.value as string | undefined, onChange: given.onChange as ((event: unknown) => void) | undefined };
  const placeholder = field.given && !given.value ? t("form.given") : field.example ?? undefined;
  switch (field.type) {
    case "choice":
      return <Select {...text} allowClear={!field.required} style={{ width: "100%" }} showSearch={{ optionFilterProp: "label" }} popupMatchSelectWidth={false}
        options={field.choices?.map((c) => ({ value: c.code, label: word(c.label) }))} />;
    case "integer":
    case "number":
      return <InputNumber {...given} value={given.value as number | undefined} onChange={(v) => given.onChange?.(v)} precision={field.type === "integer" ? 0 : undefined}
        style={{ width: "100%" }} suffix={field.unit ?? undefined} />;
    case "entity":
      return <Kind {...given} required={field.required} />;
    case "truth":
      return <Truth {...given} required={field.required} />;
    case "date":
    case "moment":
      return <DayInput {...given} value={given.value as string | null} moment={field.type === "moment"} placeholder={placeholder ?? ""} />;
    case "reference":
      return <Lookup field={field} placeholder={placeholder} {...given} />;
    default:
      return field.long && !compact ? <Input.TextArea {...text} autoSize={{ minRows: 2, maxRows: 8 }} /> : <Input {...text} placeholder={placeholder} />;
  }
}

/** Of which entity the record is that another field names. */
function Kind({ required, value, onChange, ...rest }: Given & { required: boolean }) {
  const { word } = useSpeech();
  return <Select {...rest} allowClear={!required} value={(value as string | null) ?? undefined} onChange={(v: string | undefined) => onChange?.(v ?? null)}
    style={{ width: "100%" }} showSearch={{ optionFilterProp: "label" }} options={[...useNames()].map(([name, label]) => ({ value: name, label: word(label) }))} />;
}

/** Yes or no; where it may be left open, open is a third answer and not a no. */
function Truth({ required, value, onChange, ...rest }: Given & { required: boolean }) {
  const { t } = useSpeech();
  if (required) return <Switch {...rest} checked={value === true} onChange={(v) => onChange?.(v)} />;
  return <Select {...rest} allowClear value={value === null || value === undefined ? undefined : String(value)} style={{ width: "100%" }}
    onChange={(v: string | undefined) => onChange?.(v === undefined ? null : v === "true")}
    options={[{ value: "true", label: t("yes") }, { value: "false", label: t("no") }]} />;
}

/** A reference by what people call the object: suggestions come from the server, along the rest of the key. */
function Lookup({ field, value, onChange, placeholder, ...rest }: Given & { field: Field; placeholder?: string }) {
  const [found, setFound] = useState<Choice[]>([]);
  const [asked, setAsked] = useState<string>();
  const form = Form.useFormInstance() as ReturnType<typeof Form.useFormInstance> | undefined;
  useEffect(() => {
    const entity = field.reference ?? (field.names ? (form?.getFieldValue(field.names) as string | undefined) : undefined);
    if (asked === undefined || !entity) return;
    const abort = new AbortController();
    const along = (field.along ?? []).map((a) => [a.field, form?.getFieldValue(a.from) as unknown]).filter(([, v]) => v).map(([n, v]) => `${n}:${v}`);
    const timer = setTimeout(() => {
      get<{ items: Choice[] }>(`/entities/${entity}/choices${query({ q: asked, along })}`, abort.signal).then((a) => setFound(a.items), () => setFound([]));
    }, 200);
    return () => { clearTimeout(timer); abort.abort(); };
  }, [asked, field, form]);
  return (
    <AutoComplete
      {...rest} value={(value as string | undefined) ?? undefined} onChange={(v) => onChange?.(v)} placeholder={placeholder} style={{ width: "100%" }} popupMatchSelectWidth={false}
      showSearch={{ onSearch: setAsked, filterOption: false }} onFocus={() => setAsked(asked ?? "")}
      options={found.map((c) => ({ value: c.value, label: c.title ? `${c.value} · ${c.title}` : c.value }))}
    />
  );
}

/** A row's values as inputs hold them. */
export const shownValues = (fields: Field[], row: Row): Row =>
  Object.fromEntries(fields.map((f) => [f.name, f.type === "moment" && typeof row[f.name] === "string" ? local(String(row[f.name])) : row[f.name]]));

/** What inputs hold as the server takes it; empty is nothing. */
export function sentValue(field: Field, value: unknown): unknown {
  if (value === undefined || value === null || value === "") return null;
  return field.type === "moment" ? moment(String(value)) : value;
}

/** The same, where the row was there before: what nobody touched goes back as it came, for inputs hold less than moments do. */
export function keptValue(field: Field, value: unknown, row: Row | undefined): unknown {
  return row && value === shownValues([field], row)[field.name] ? row[field.name] ?? null : sentValue(field, value);
}
