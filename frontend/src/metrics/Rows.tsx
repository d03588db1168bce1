import { useState } from "react";
import { query, useAsk, type EntityMeta, type Paged, type Row } from "../api";
import { useSpeech } from "../i18n";
import { Value } from "../meta/Value";
import { KeptBack } from "../sharing/KeptBack";
import { link, type Route } from "../shell/route";
import { Head, Pager, Panel, Problem, Table, Waiting } from "../ui";
import type { One } from "./model";

/** The rows that a figure counts. */
export function Rows({ name, route }: { name: string; route: Route }) {
  const { t, word } = useSpeech();
  const [trail, setTrail] = useState<string[]>([]);
  const said = Object.fromEntries(["from", "to", "part"].map((p) => [p, route.search.get(p)]));
  const where = route.search.getAll("where");
  const metric = useAsk<One>(`/metrics/${encodeURIComponent(name)}`).data;
  const asked = useAsk<Paged & { entity: string }>(`/metrics/${encodeURIComponent(name)}/rows${query({ ...said, where, after: trail[trail.length - 1] })}`);
  const meta = useAsk<EntityMeta>(asked.data ? `/meta/${asked.data.entity}` : null).data;
  if (asked.problem) return <><Head title={t("metrics.behind")} /><Problem of={asked.problem} retry={asked.reload} /></>;
  if (!meta || !asked.data) return <Waiting />;
  const fields = meta.fields.filter((f) => f.list).slice(0, 9);
  return (
    <>
      <p><a href={link("metrics", name)}>← {word(metric?.label) || name}</a></p>
      <Head title={t("metrics.behind")} about={`${word(meta.label)} · ${said.from ?? ""} – ${said.to ?? ""}`} />
      <KeptBack of={asked.data.sharing} fields={meta.fields} />
      <Panel>
        <Table<Row> label={t("metrics.behind")} rows={asked.data.items} id={(r) => String(r._id)} loading={asked.loading} columns={fields.map((f, n) => ({
          name: f.name, title: word(f.label), show: (r: Row) => (n === 0 ? <a href={link("entities", meta.name, String(r._id))}>{String(r[f.name] ?? r._id)}</a> : <Value field={f} row={r} />),
        }))} />
        <Pager trail={trail} next={asked.data.next} total={asked.data.total} shown={asked.data.items.length} onTrail={setTrail} />
      </Panel>
    </>
  );
}
