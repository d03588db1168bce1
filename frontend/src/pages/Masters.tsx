import { query, useAsk, type Label } from "../api";
import { useSpeech, type Key } from "../i18n";
import { Search } from "../meta/EntityList";
import { useCalled } from "../shell/names";
import { go, link, withSearch, type Route } from "../shell/route";
import { Button, Head, Nothing, Pager, Panel, Problem, Table, Tag, Waiting } from "../ui";
import { usePages } from "../ui/usePages";

type Domain = { entity: string; label: Label; records: number; golden: number; merged: number; conflicts: number };
type Golden = { id: string; name: string; codes: string; records: number; sources: string[]; conflicts: number };
type Member = { record_id: string; source: string; source_key: string; score: number | null; tier: string; values: Record<string, unknown> };
type Cell = { name: string; label: Label; codes: Record<string, Label>; value: unknown; record_id: string | null; source: string | null; rule: string | null; conflict: boolean };
type Match = { a: string; b: string; tier: string; score: number; parts: { what: string; label: Label; weight: number }[] };
type One = { golden_id: string; merged_from: string | null; label: Label; fields: Cell[]; records: Member[]; edges: Match[] };

export default function Masters({ route }: { route: Route }) {
  const [, entity, id] = route.path;
  if (entity && id) return <Record key={id} entity={entity} id={id} />;
  if (entity) return <List key={entity} entity={entity} route={route} />;
  return <Domains />;
}

function Domains() {
  const { t, word, number } = useSpeech();
  const asked = useAsk<{ items: Domain[] }>("/masters");
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  return (
    <>
      <Head title={t("nav.masters")} about={t("masters.about")} />
      <Panel>
        <Table<Domain> label={t("nav.masters")} rows={asked.data.items} id={(d) => d.entity} columns={[
          { name: "name", title: t("name"), show: (d) => <a href={link("masters", d.entity)}>{word(d.label)}</a> },
          { name: "records", title: t("masters.records"), align: "right", show: (d) => number(d.records) },
          { name: "golden", title: t("masters.golden"), align: "right", show: (d) => number(d.golden) },
          { name: "merged", title: t("masters.merged"), align: "right", show: (d) => number(d.merged) },
          { name: "conflicts", title: t("masters.conflicts"), align: "right", show: (d) => number(d.conflicts) },
        ]} />
      </Panel>
    </>
  );
}

function List({ entity, route }: { entity: string; route: Route }) {
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
      <Head title={t("masters.list")} about={called(entity)} />
      <Panel>
        <div className="bar">
          <Search value={q} label={t("masters.search")} onSearch={(text) => go(withSearch(route, { q: text || null }))} />
          <Button aria-pressed={!!merged} type={merged ? "primary" : "default"} onClick={() => flip("merged", merged)}>{t("masters.only.merged")}</Button>
          <Button aria-pressed={!!conflicts} type={conflicts ? "primary" : "default"} onClick={() => flip("conflicts", conflicts)}>{t("masters.only.conflicts")}</Button>
        </div>
        <Problem of={asked.problem} retry={asked.reload} />
        {!asked.problem && <Table<Golden> label={t("masters.list")} rows={asked.data?.items ?? []} id={(g) => g.id} loading={asked.loading} columns={[
          { name: "name", title: t("name"), show: (g) => <a href={link("masters", entity, g.id)}>{g.name || g.id}</a> },
          { name: "id", title: t("masters.id"), show: (g) => <span className="mono">{g.id}</span> },
          { name: "records", title: t("masters.records"), align: "right", show: (g) => number(g.records) },
          { name: "sources", title: t("source"), show: (g) => g.sources.map((s) => <Tag key={s}>{s}</Tag>) },
          { name: "codes", title: t("masters.codes"), show: (g) => <span className="mono">{g.codes}</span> },
          { name: "conflicts", title: t("masters.conflicts"), show: (g) => (g.conflicts ? <Tag tone="warn">{g.conflicts}</Tag> : "") },
        ]} />}
        <Pager trail={trail} next={asked.data?.next ?? null} total={asked.data?.total} shown={asked.data?.items.length ?? 0} onTrail={setTrail} />
      </Panel>
    </>
  );
}

const show = (value: unknown): string => (value === null || value === undefined || value === "" ? "–" : String(value));

function Record({ entity, id }: { entity: string; id: string }) {
  const { t, word } = useSpeech();
  const asked = useAsk<One>(`/masters/${entity}/${encodeURIComponent(id)}`);
  if (asked.problem) return <><Head title={t("nav.masters")} /><Problem of={asked.problem} retry={asked.reload} /></>;
  if (!asked.data) return <Waiting />;
  const one = asked.data;
  const title = show(one.fields.find((f) => f.name === "name")?.value);
  const said = (f: Cell, value: unknown): string => { const label = f.codes[String(value)]; return label ? word(label) : show(value); };
  const filled = one.fields.filter((f) => one.records.some((r) => show(r.values[f.name]) !== "–"));
  return (
    <>
      <p><a href={link("masters", entity)}>← {t("masters.list")}</a></p>
      <Head title={title} about={<span className="mono">{one.golden_id}</span>}>
        <Button href={link("entities", entity, one.golden_id)}>{t("masters.object")}</Button>
      </Head>
      {one.merged_from && <p role="note"><Tag tone="busy">{t("masters.moved", { from: one.merged_from })}</Tag></p>}
      <Panel title={t("masters.side")}>
        <div className="compare" tabIndex={0} role="region" aria-label={t("masters.side")}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("field")}</th><th scope="col">{t("masters.survivor")}</th>
                {one.records.map((r) => <th key={r.record_id} scope="col">{r.source} <span className="mono">{r.source_key}</span></th>)}
              </tr>
            </thead>
            <tbody>
              {filled.map((f) => (
                <tr key={f.name}>
                  <th scope="row">{word(f.label)}</th>
                  <td className={f.conflict ? "clash" : undefined}>
                    {said(f, f.value)} {f.rule && <span className="quiet">({t(`survived.${f.rule}` as Key)}{f.source ? ` · ${f.source}` : ""})</span>}
                    {f.conflict && <Tag tone="warn">{t("masters.conflict")}</Tag>}
                  </td>
                  {one.records.map((r) => <td key={r.record_id} className={r.record_id === f.record_id ? "won" : undefined}>{said(f, r.values[f.name])}</td>)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <p className="quiet">{t("masters.side.about")}</p>
      </Panel>
      <Panel title={t("masters.why")}>
        {one.edges.length === 0 ? <Nothing>{t("masters.alone")}</Nothing> : (
          <Table<Match> label={t("masters.why")} rows={one.edges} id={(e) => e.a + e.b} columns={[
            { name: "a", title: t("masters.record.a"), show: (e) => <span className="mono">{e.a}</span> },
            { name: "b", title: t("masters.record.b"), show: (e) => <span className="mono">{e.b}</span> },
            { name: "tier", title: t("masters.tier"), show: (e) => <Tag tone={e.tier === "key" ? "good" : "busy"}>{t(`tier.${e.tier}` as Key)}</Tag> },
            { name: "score", title: t("masters.score"), align: "right", show: (e) => e.score.toFixed(1) },
            { name: "parts", title: t("masters.evidence"), show: (e) => e.parts.filter((p) => p.weight !== 0).map((p) => (
              <Tag key={p.what} tone={p.weight > 0 ? "good" : "bad"}>{word(p.label)} {p.weight > 0 ? "+" : ""}{p.weight.toFixed(1)}</Tag>
            )) },
          ]} />
        )}
      </Panel>
    </>
  );
}
