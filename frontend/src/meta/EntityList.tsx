import { useEffect, useState } from "react";
import { address, query, useAsk, type EntityMeta, type Field, type Row } from "../api";
import { useSpeech } from "../i18n";
import { link, withSearch, go, type Route } from "../shell/route";
import { Button, Drawer, Head, Input, Nothing, Pager, Panel, Problem, Select, Table, Tag, Waiting, type Column } from "../ui";
import { usePages } from "../ui/usePages";
import { EntityForm } from "./EntityForm";
import { Value } from "./Value";

const OPERATORS = ["eq", "ne", "contains", "lt", "le", "gt", "ge"] as const;

/** The list of any entity: columns, search, filter and order come from its declaration. */
export function EntityList({ name, route }: { name: string; route: Route }) {
  const { t, word } = useSpeech();
  const meta = useAsk<EntityMeta>(`/meta/${name}`);
  const [adding, setAdding] = useState(false);
  const filters = route.search.getAll("filter");
  const wanted = { q: route.search.get("q"), sort: route.search.get("sort"), filter: filters };
  const pages = usePages<Row>(`/entities/${name}${query({ ...wanted, limit: 30 })}`);
  if (meta.problem) return <Problem of={meta.problem} retry={meta.reload} />;
  if (!meta.data) return <Waiting />;
  const { fields, title } = meta.data;
  const listed = fields.filter((f) => f.list);
  const sort = wanted.sort;
  const columns: Column<Row>[] = listed.map((f) => ({
    name: f.name, title: word(f.label), sortable: f.sortable, align: f.type === "integer" || f.type === "number" ? "right" : undefined,
    show: (row) => f.name === title ? <a href={link("entities", name, String(row._id))}><Value field={{ ...f, type: f.type === "reference" ? "text" : f.type }} row={row} /></a> : <Value field={f} row={row} />,
  }));
  const ordered = [...columns.filter((c) => c.name === title), ...columns.filter((c) => c.name !== title)];
  const move = (changes: Record<string, string | null>) => go(withSearch(route, changes));
  const { asked, trail, setTrail } = pages;
  return (
    <>
      <Head title={word(meta.data.label)} about={word(meta.data.about)}>
        <Button href={address(`/entities/${name}.csv${query(wanted)}`)}>{t("export")}</Button>
        {meta.data.can.create && <Button type="primary" onClick={() => setAdding(true)}>{t("new")}</Button>}
      </Head>
      <Panel>
        <div className="bar">
          <Search value={wanted.q ?? ""} onSearch={(q) => move({ q: q || null })} />
          <FilterMaker fields={fields} onAdd={(f) => go(withFilters(route, [...filters, f]))} />
          {filters.map((f) => (
            <Button key={f} size="small" onClick={() => go(withFilters(route, filters.filter((x) => x !== f)))} aria-label={t("filter.remove", { filter: f })}>
              {f} ×
            </Button>
          ))}
        </div>
        <Problem of={asked.problem} retry={asked.reload} />
        <Table<Row>
          label={word(meta.data.label)} columns={ordered} rows={asked.data?.items ?? []} id={(r) => String(r._id)} loading={asked.loading}
          sorted={sort ? { name: sort.replace(/^-/, ""), descending: sort.startsWith("-") } : null}
          onSort={(s) => move({ sort: s ? `${s.descending ? "-" : ""}${s.name}` : null })}
          empty={<Nothing>{wanted.q || filters.length ? t("nothing.found") : meta.data.native ? t("nothing.native") : t("nothing.lake")}</Nothing>}
        />
        <Pager trail={trail} next={asked.data?.next ?? null} total={asked.data?.total} shown={asked.data?.items.length ?? 0} onTrail={setTrail} />
      </Panel>
      <Drawer open={adding} title={t("new.of", { what: word(meta.data.label) })} onClose={() => setAdding(false)} size="large" destroyOnHidden>
        <EntityForm meta={meta.data} onSaved={(id) => go(link("entities", name, id))} />
      </Drawer>
    </>
  );
}

function withFilters(route: Route, filters: string[]): string {
  const search = new URLSearchParams(route.search);
  search.delete("filter");
  filters.forEach((f) => search.append("filter", f));
  const text = search.toString();
  return link(...route.path) + (text ? `?${text}` : "");
}

export function Search({ value, onSearch, label }: { value: string; onSearch: (text: string) => void; label?: string }) {
  const { t } = useSpeech();
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return (
    <Input.Search
      style={{ width: 280 }} type="search" aria-label={label ?? t("search")} placeholder={label ?? t("search")} value={text} allowClear
      onChange={(e) => setText(e.target.value)} onSearch={onSearch} enterButton={t("find")}
    />
  );
}

function FilterMaker({ fields, onAdd }: { fields: Field[]; onAdd: (filter: string) => void }) {
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
          ) : (
            <Input style={{ width: 150 }} type={chosen?.type === "date" ? "date" : "text"} aria-label={t("filter.value")} value={value}
              onChange={(e) => setValue(e.target.value)} onPressEnter={add} />
          )}
          <Button onClick={add} disabled={!value}>{t("filter.add")}</Button>
        </>
      )}
    </>
  );
}

export const Restricted = ({ field }: { field: Field }) => {
  const { t } = useSpeech();
  return field.masked ? <Tag tone="warn">{t("value.masked")}</Tag> : null;
};
