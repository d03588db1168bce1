import { query, useAsk } from "../api";
import { useSpeech, type Key } from "../i18n";
import { Search } from "../meta/EntityList";
import { go, link, withSearch, type Route } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Head, Panel, Problem, Select, Table, Tag } from "../ui";
import { KINDS, type Entry, type Gaps, type Tree } from "./model";

/** Looking for something: by words, by kind, by domain, by who answers for it, by a term. */
export function Find({ route }: { route: Route }) {
  const { t, word, number } = useSpeech();
  const proposes = useMay("definitions:propose");
  const given = Object.fromEntries(["q", "sort", "domain", "owner", "term", "on"].map((n) => [n, route.search.get(n)]));
  const asked = useAsk<{ items: Entry[]; total: number; gaps: Gaps }>(`/dictionary${query(given)}`);
  const tree = useAsk<Tree>("/dictionary-domains");
  const choose = (name: string, value: string | null) => go(withSearch(route, { [name]: value }));
  const gaps = asked.data?.gaps;
  return (
    <>
      <Head title={t("nav.dictionary")} about={t("dictionary.about")}>
        {proposes && <Button href={link("glossary")}>{t("nav.glossary")}</Button>}
        <Button href={link("handbook")}>{t("nav.handbook")}</Button>
      </Head>
      <div className="aside">
        <nav className="panel" aria-label={t("dictionary.tree")}>
          <Problem of={tree.problem} retry={tree.reload} />
          <p><a href={withSearch(route, { domain: null, sort: null, q: null, term: null })}>{t("dictionary.all")}</a></p>
          <p><a href={`${link("dictionary")}?sort=term`}>{t("dictionary.kind.term")} <span className="quiet">{number(tree.data?.terms ?? 0)}</span></a></p>
          {tree.data?.items.map((d) => (
            <details key={d.name} open={d.name === given.domain}>
              <summary>{word(d.label)} <span className="quiet">{number(d.items.length)}</span></summary>
              <ul className="plain">
                <li><a href={`${link("dictionary")}${query({ domain: d.name, sort: "entity" })}`} aria-current={d.name === given.domain ? "true" : undefined}>{t("dictionary.whole")}</a></li>
                {d.items.map((i) => <li key={i.subject}><a href={link("dictionary", i.subject)}>{word(i.label)}</a>{i.kind === "model" && <> <Tag>{t("dictionary.kind.model")}</Tag></>}</li>)}
              </ul>
            </details>
          ))}
        </nav>
        <Panel>
          <div className="bar">
            <Search value={given.q ?? ""} label={t("dictionary.search")} onSearch={(text) => choose("q", text)} />
            <Select style={{ width: 130 }} aria-label={t("kind")} allowClear placeholder={t("kind")} value={given.sort ?? undefined} onChange={(v: string | undefined) => choose("sort", v ?? null)}
              options={KINDS.map((k) => ({ value: k, label: t(`dictionary.kind.${k}` as Key) }))} />
            <Select style={{ width: 170 }} aria-label={t("owner")} allowClear showSearch={{ optionFilterProp: "label" }} placeholder={t("owner")} value={given.owner ?? undefined} onChange={(v: string | undefined) => choose("owner", v ?? null)}
              options={tree.data?.owners.map((o) => ({ value: o.name, label: word(o.label) }))} />
            {given.term && <Button onClick={() => choose("term", null)}>{t("dictionary.kind.term")}: {given.term} ×</Button>}
          </div>
          {gaps && gaps.without_meaning > 0 && <p className="quiet">{t("dictionary.gaps", { n: number(gaps.without_meaning), of: number(gaps.columns) })}</p>}
          <Problem of={asked.problem} retry={asked.reload} />
          <Table<Entry> fit label={t("nav.dictionary")} rows={asked.data?.items ?? []} id={(e) => e.subject} loading={asked.loading} columns={[
            { name: "name", title: t("name"), width: 150, show: (e) => <><a href={link("dictionary", e.subject)}>{word(e.label)}</a>{e.overlaid && <> <Tag tone="busy">{t("dictionary.own")}</Tag></>}</> },
            { name: "kind", title: t("kind"), width: 110, show: (e) => <><Tag>{t(`dictionary.kind.${e.kind}` as Key)}</Tag>{e.status === "deprecated" && <Tag tone="warn">{t("dictionary.deprecated")}</Tag>}</> },
            { name: "technical", title: t("technical"), width: 170, show: (e) => <span className="mono break">{e.kind === "term" ? e.entity : e.subject.replace(/^\w+:/, "")}</span> },
            { name: "definition", title: t("definition"), width: 240, show: (e) => (e.definition ? word(e.definition) : <span className="quiet">{e.kind === "column" ? t("dictionary.no_meaning") : ""}</span>) },
            { name: "owner", title: t("owner"), width: 90, show: (e) => word(e.owner_label) },
            { name: "standard", title: t("standard"), width: 100, show: (e) => e.standard ?? "" },
          ]} />
        </Panel>
      </div>
    </>
  );
}
