import { query } from "../api";
import { useSpeech, type Key } from "../i18n";
import { Search } from "../meta/EntityList";
import { go, withSearch, type Route } from "../shell/route";
import { Head, Nothing, Pager, Panel, Problem, Select, Table, Tag } from "../ui";
import { usePages } from "../ui/usePages";

type Event = { id: number; at: string; actor: string; action: string; subject: string; outcome: string; reason: string | null; detail: Record<string, unknown> };

export default function Audit({ route }: { route: Route }) {
  const { t, moment } = useSpeech();
  const actor = route.search.get("actor") ?? "";
  const outcome = route.search.get("outcome") ?? "";
  const { asked, trail, setTrail } = usePages<Event>(`/audit${query({ actor, outcome, limit: 50 })}`);
  return (
    <>
      <Head title={t("nav.audit")} about={t("audit.about")} />
      <Panel>
        <div className="bar">
          <Search value={actor} label={t("audit.actor")} onSearch={(text) => go(withSearch(route, { actor: text || null }))} />
          <Select style={{ width: 160 }} aria-label={t("outcome")} value={outcome} onChange={(v: string) => go(withSearch(route, { outcome: v || null }))}
            options={[{ value: "", label: t("outcome.all") }, { value: "done", label: t("outcome.done") }, { value: "refused", label: t("outcome.refused") }]} />
        </div>
        <Problem of={asked.problem} retry={asked.reload} />
        <Table<Event> label={t("nav.audit")} rows={asked.data?.items ?? []} id={(e) => String(e.id)} loading={asked.loading} empty={<Nothing>{t("nothing.found")}</Nothing>}
          detail={(e) => <pre className="raw mono">{JSON.stringify({ reason: e.reason, ...e.detail }, null, 2)}</pre>}
          columns={[
            { name: "at", title: t("at"), show: (e) => moment(e.at) },
            { name: "actor", title: t("by"), show: (e) => e.actor },
            { name: "action", title: t("action"), show: (e) => <span className="mono">{e.action}</span> },
            { name: "subject", title: t("subject"), show: (e) => <span className="mono">{e.subject}</span> },
            { name: "outcome", title: t("outcome"), show: (e) => <Tag tone={e.outcome === "refused" ? "bad" : "good"}>{t(`outcome.${e.outcome}` as Key)}</Tag> },
          ]} />
        <Pager trail={trail} next={asked.data?.next ?? null} shown={asked.data?.items.length ?? 0} onTrail={setTrail} />
      </Panel>
    </>
  );
}
