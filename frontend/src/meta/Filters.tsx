import { useState } from "react";
import type { Field, Label } from "../api";
import { useSpeech, type Key } from "../i18n";
import { link, type Route } from "../shell/route";
import { Button, DayInput, Input, Select } from "../ui";

const OPERATORS = ["eq", "ne", "contains", "lt", "le", "gt", "ge"] as const;

/** What a condition may be said of: a field of an entity, a column of a table. */
export type Filterable = Pick<Field, "name" | "label" | "type" | "choices" | "sortable">;

/** A condition as people read it. */
export function wordsOf(filter: string, fields: Filterable[], t: (key: Key) => string, word: (label: Label | null | undefined) => string): string {
  const [field = "", operator = "", ...rest] = filter.split(":");
  const value = rest.join(":");
  const known = fields.find((f) => f.name === field);
  const choice = known?.choices?.find((c) => c.code === value);
  return `${known ? word(known.label) : field} ${t(`operator.${operator as (typeof OPERATORS)[number] | "in"}`)} ${choice ? word(choice.label) : value}`;
}

/** The same page under other conditions. */
export function withFilters(route: Route, filters: string[]): string {
  const search = new URLSearchParams(route.search);
  search.delete("filter");
  filters.forEach((f) => search.append("filter", f));
  const text = search.toString();
  return link(...route.path) + (text ? `?${text}` : "");
}

/** Says a condition: which field, how, what. */
export function FilterMaker({ fields, onAdd }: { fields: Filterable[]; onAdd: (filter: string) => void }) {
  const { t, word } = useSpeech();
  const [field, setField] = useState<string>();
  const [operator, setOperator] = useState<string>("eq");
  const [value, setValue] = useState("");
  const chosen = fields.find((f) => f.name === field);
  const add = () => {
    if (!field || !value) return;
    onAdd(`${field}:${operator}:${value}`);
    setValue("");
  };
  return (
    <>
      <Select
        style={{ width: 150 }} aria-label={t("filter.field")} placeholder={t("filter.field")} value={field} onChange={setField} showSearch={{ optionFilterProp: "label" }}
        options={fields.filter((f) => f.sortable).map((f) => ({ value: f.name, label: word(f.label) }))}
      />
      {field && (
        <>
          <Select style={{ width: 100 }} aria-label={t("filter.operator")} value={operator} onChange={setOperator}
            options={OPERATORS.map((o) => ({ value: o, label: t(`operator.${o}`) }))} />
          {chosen?.choices ? (
            <Select style={{ width: 150 }} aria-label={t("filter.value")} value={value || undefined} onChange={setValue}
              options={chosen.choices.map((c) => ({ value: c.code, label: word(c.label) }))} />
          ) : chosen?.type === "date" ? (
            <div style={{ width: 150 }}><DayInput aria-label={t("filter.value")} value={value || null} onChange={(v) => setValue(v ?? "")} /></div>
          ) : (
            <Input style={{ width: 150 }} aria-label={t("filter.value")} value={value}
              onChange={(e) => setValue(e.target.value)} onPressEnter={add} />
          )}
          <Button onClick={add} disabled={!value}>{t("filter.add")}</Button>
        </>
      )}
    </>
  );
}

/** The conditions in force, each to be taken away. */
export function Conditions({ of, words, onRemove }: { of: string[]; words: (filter: string) => string; onRemove: (filter: string) => void }) {
  const { t } = useSpeech();
  return <>{of.map((f) => <Button key={f} size="small" onClick={() => onRemove(f)} aria-label={t("filter.remove", { filter: words(f) })}>{words(f)} ×</Button>)}</>;
}
