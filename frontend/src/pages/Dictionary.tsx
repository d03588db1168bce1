import { address, query, useAsk, type EntityMeta, type Label, type Rule } from "../api";
import { useSpeech, type Key } from "../i18n";
import { Search } from "../meta/EntityList";
import { go, link, type Route } from "../shell/route";
import { Button, Facts, Head, Panel, Problem, Table, Tag, Waiting } from "../ui";

type Entry = {
  kind: "entity" | "field"; entity: string; field: string | null; label: Label; definition: Label | null; type: string; classification: string;
  owner_label: Label; standard: string | null; synonyms: string[];
};
type Mapped = { source: string; table: string; field: string; columns: string[]; how: string };
type Page = EntityMeta & { owner_label: Label; definition: Label | null; group: string; sources: Mapped[] };

export default function Dictionary({ route }: { route: Route }) {
  const entity = route.path[1];
  return entity ? <EntityPage key={entity} name={entity} field={route.search.get("field")} /> : <Find route={route} />;
}

function Find({ route }: { route: Route }) {
  const { t, word } = useSpeech();
  const q = route.search.get("q") ?? "";
  const asked = useAsk<{ items: Entry[] }>(`/dictionary${query({ q })}`);
  return (
    <>
      <Head title={t("nav.dictionary")} about={t("dictionary.about")} />
      <Panel>
        <div className="bar"><Search value={q} label={t("dictionary.search")} onSearch={(text) => go(`${link("dictionary")}${query({ q: text })}`)} /></div>
        <Problem of={asked.problem} retry={asked.reload} />
        <Table<Entry> fit label={t("nav.dictionary")} rows={asked.data?.items ?? []} id={(e) => `${e.entity}.${e.field ?? ""}`} loading={asked.loading} columns={[
          { name: "name", title: t("name"), show: (e) => <a href={link("dictionary", e.entity) + (e.field ? `?field=${e.field}` : "")}>{word(e.label)}</a> },
          { name: "technical", title: t("technical"), show: (e) => <span className="mono">{e.entity}{e.field ? `.${e.field}` : ""}</span> },
          { name: "kind", title: t("kind"), show: (e) => (e.kind === "entity" ? <Tag>{t("entity")}</Tag> : <Tag>{t("field")}</Tag>) },
          { name: "definition", title: t("definition"), show: (e) => word(e.definition) },
          { name: "owner", title: t("owner"), show: (e) => word(e.owner_label) },
          { name: "standard", title: t("standard"), show: (e) => e.standard ?? "" },
        ]} />
      </Panel>
    </>
  );
}

function EntityPage({ name, field }: { name: string; field: string | null }) {
  const { t, word } = useSpeech();
  const asked = useAsk<Page>(`/dictionary/${name}`);
  if (asked.problem) return <><Head title={t("nav.dictionary")} /><Problem of={asked.problem} retry={asked.reload} /></>;
  if (!asked.data) return <Waiting />;
  const page = asked.data;
  return (
    <>
      <p><a href="#/dictionary">← {t("nav.dictionary")}</a></p>
      <Head title={word(page.label)} about={word(page.definition)}>
        <Button href={link("entities", name)}>{t("dictionary.rows")}</Button>
        <Button href={address(`/contracts/${name}`)}>{t("dictionary.contract")}</Button>
      </Head>
      <Panel>
        <Facts of={[
          [t("technical"), <span className="mono">{page.name}</span>], [t("owner"), word(page.owner_label)], [t("key"), <span className="mono">{page.key.join(", ")}</span>],
          [t("retention"), word(page.retention)], [t("synonyms"), page.synonyms.join(", ") || "–"],
        ]} />
      </Panel>
      <Panel title={t("fields")}>
        <Table fit label={t("fields")} rows={page.fields} id={(f) => f.name} columns={[
          { name: "label", title: t("name"), show: (f) => (f.name === field ? <strong>{word(f.label)}</strong> : word(f.label)) },
          { name: "name", title: t("technical"), show: (f) => <a className="mono" href={`${link("lineage")}?field=${encodeURIComponent(`${page.name}.${f.name}`)}`} title={t("nav.lineage")}>{f.name}</a> },
          { name: "type", title: t("kind"), show: (f) => <>{f.type} {f.key && <Tag tone="busy">{t("key")}</Tag>}{f.required && <Tag>{t("required.short")}</Tag>}</> },
          { name: "classification", title: t("classification"), show: (f) => <>{t(`class.${f.classification}` as Key)} {f.restricted && <Tag tone="warn">{t("value.restricted")}</Tag>}</> },
          { name: "reference", title: t("reference"), show: (f) => f.reference ? <a href={link("dictionary", f.reference)}>{f.reference}</a> : "" },
          { name: "standard", title: t("standard"), show: (f) => f.standard ?? "" },
          { name: "rules", title: t("rules"), show: (f) => <RuleWords rules={f.checks ?? []} /> },
        ]} />
      </Panel>
      <Panel title={t("dictionary.sources")}>
        <Table<Mapped> fit label={t("dictionary.sources")} rows={page.sources} id={(m) => `${m.source}.${m.table}.${m.field}`} columns={[
          { name: "field", title: t("field"), show: (m) => <span className="mono">{m.field}</span> },
          { name: "source", title: t("source"), show: (m) => m.source },
          { name: "table", title: t("table"), show: (m) => m.table },
          { name: "columns", title: t("columns"), show: (m) => <span className="mono">{m.columns.join(", ")}</span> },
          { name: "how", title: t("how"), show: (m) => m.how },
        ]} />
      </Panel>
    </>
  );
}

const RuleWords = ({ rules }: { rules: Rule[] }) => {
  const { word } = useSpeech();
  return <ul style={{ margin: 0, paddingLeft: 16 }}>{rules.map((r) => <li key={r.id}>{word(r.label)}</li>)}</ul>;
};
