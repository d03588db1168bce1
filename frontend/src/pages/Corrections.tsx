import { query, type Label, type Rule } from "../api";
import { useSpeech } from "../i18n";
import { useCalled } from "../shell/names";
import { go, withSearch, type Route } from "../shell/route";
import { Button, Head, Nothing, Pager, Panel, Problem, Table } from "../ui";
import { usePages } from "../ui/usePages";

type Mended = { id: string; entity: string; field: string; field_label: Label; rule: Rule; before: string; after: string; source: string; file: string; row: number };
const FILTERS = ["rule", "entity", "source"] as const;

export default function Corrections({ route }: { route: Route }) {
  const { t, word, number } = useSpeech();
  const wanted = Object.fromEntries(FILTERS.map((f) => [f, route.search.get(f)]));
  const { asked, trail, setTrail } = usePages<Mended>(`/corrections${query({ ...wanted, limit: 30 })}`);
  const called = useCalled();
  return (
    <>
      <Head title={t("nav.corrections")} about={t("corrections.about")} />
      <Panel>
        <div className="bar">
          {FILTERS.filter((f) => wanted[f]).map((f) => (
            <Button key={f} size="small" onClick={() => go(withSearch(route, { [f]: null }))}>{t(f)}: {f === "entity" ? called(wanted[f]!) : wanted[f]} ×</Button>
          ))}
        </div>
        <Problem of={asked.problem} retry={asked.reload} />
        {!asked.problem && <Table<Mended> fit label={t("nav.corrections")} rows={asked.data?.items ?? []} id={(m) => m.id} loading={asked.loading} empty={<Nothing>{t("corrections.none")}</Nothing>} columns={[
          { name: "entity", title: t("entity"), show: (m) => called(m.entity) },
          { name: "field", title: t("field"), show: (m) => <>{word(m.field_label)} <span className="mono quiet break">{m.field}</span></> },
          { name: "before", title: t("before"), show: (m) => <span className="mono break">{m.before}</span> },
          { name: "after", title: t("after"), show: (m) => <strong className="mono break">{m.after}</strong> },
          { name: "rule", title: t("rule"), show: (m) => word(m.rule.label) },
          { name: "file", title: t("file"), show: (m) => <span className="mono break">{m.file}</span> },
          { name: "row", title: t("row"), align: "right", show: (m) => number(m.row) },
        ]} />}
        <Pager trail={trail} next={asked.data?.next ?? null} total={asked.data?.total} shown={asked.data?.items.length ?? 0} onTrail={setTrail} />
      </Panel>
    </>
  );
}
