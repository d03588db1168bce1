import { query } from "../api";
import { useSpeech } from "../i18n";
import { Search } from "../meta/EntityList";
import { useCalled } from "../shell/names";
import { go, link, withSearch, type Route } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Head, Nothing, Pager, Panel, Problem, Table, Tag } from "../ui";
import { usePages } from "../ui/usePages";
import type { Golden } from "./model";

/** Golden records of a kind, those with most records first. */
export function GoldenList({ entity, route }: { entity: string; route: Route }) {
  const { t, number } = useSpeech();
  const called = useCalled();
  const q = route.search.get("q") ?? "";
  const merged = route.search.get("merged");
  const conflicts = route.search.get("conflicts");
  const { asked, trail, setTrail } = usePages<Golden>(`/masters/${entity}${query({ q, merged, conflicts, limit: 30 })}`);
  const flip = (name: string, value: string | null) => go(withSearch(route, { [name]: value ? null : "true" }));
  return (
    <>
      <p><a href="#/masters">← {t("nav.masters")}</a></p>
      <Head title={t("masters.list")} about={called(entity)}>
        <Button href={link("masters", entity, "requests")}>{t("asked.title")}</Button>
        <Button href={link("masters", entity, "check")}>{t("check.title")}</Button>
        <Button href={link("masters", entity, "links")}>{t("hierarchy.title")}</Button>
        <Button href={link("masters", entity, "matching")}>{t("matching.title")}</Button>
        <Button href={link("masters", entity, "samples")}>{t("samples.title")}</Button>
        <Button href={link("masters", entity, "subscribers")}>{t("published.title")}</Button>
        <Button href={link("masters", entity, "pairs")} type="primary">{t("steward.queue")}</Button>
      </Head>
      <Panel>
        <div className="bar">
          <Search value={q} label={t("masters.search")} onSearch={(text) => go(withSearch(route, { q: text || null }))} />
          <Button aria-pressed={!!merged} type={merged ? "primary" : "default"} onClick={() => flip("merged", merged)}>{t("masters.only.merged")}</Button>
          <Button aria-pressed={!!conflicts} type={conflicts ? "primary" : "default"} onClick={() => flip("conflicts", conflicts)}>{t("masters.only.conflicts")}</Button>
        </div>
        <Problem of={asked.problem} retry={asked.reload} />
        {!asked.problem && <Table<Golden> label={t("masters.list")} rows={asked.data?.items ?? []} id={(g) => g.id} loading={asked.loading} empty={<Unknown entity={entity} q={q} />} columns={[
          { name: "name", title: t("name"), show: (g) => <a href={link("masters", entity, g.id)}>{g.name || g.id}</a> },
          { name: "id", title: t("masters.id"), show: (g) => <span className="mono">{g.id}</span> },
          { name: "records", title: t("masters.records"), align: "right", show: (g) => number(g.records) },
          { name: "sources", title: t("source"), show: (g) => g.sources.map((s) => <Tag key={s}>{s}</Tag>) },
          { name: "codes", title: t("masters.codes"), show: (g) => <span className="mono">{g.codes}</span> },
          { name: "conflicts", title: t("masters.differ"), show: (g) => (g.conflicts ? <Tag tone="warn">{g.conflicts}</Tag> : "") },
        ]} />}
        <Pager trail={trail} next={asked.data?.next ?? null} total={asked.data?.total} shown={asked.data?.items.length ?? 0} onTrail={setTrail} />
      </Panel>
    </>
  );
}

/** Nothing was found: what was looked for may be asked for. */
function Unknown({ entity, q }: { entity: string; q: string }) {
  const { t } = useSpeech();
  const asks = useMay("masters:request");
  return <Nothing>{t("nothing")}{q && asks && <p className="bar centre"><Button href={`${link("masters", entity, "requests", "new")}?name=${encodeURIComponent(q)}`}>{t("asked.new.of", { q })}</Button></p>}</Nothing>;
}
