import { query } from "../api";
import { useSpeech, type Key } from "../i18n";
import { useCalled } from "../shell/names";
import { go, link, withSearch, type Route } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Head, Nothing, Pager, Panel, Problem, Select, Table, Tag } from "../ui";
import { usePages } from "../ui/usePages";
import { REQUEST_STATUSES, TONE_OF, type MasterRequest } from "./request";

/** What was asked for of a kind of master, newest first, and what became of it. */
export function Requests({ entity, route }: { entity: string; route: Route }) {
  const { t, moment } = useSpeech();
  const called = useCalled();
  const asks = useMay("masters:request");
  const status = route.search.get("status") ?? "";
  const { asked, trail, setTrail } = usePages<MasterRequest>(`/stewardship/${entity}/requests${query({ status, limit: 30 })}`);
  return (
    <>
      <p><a href={link("masters", entity)}>← {t("masters.list")}</a></p>
      <Head title={t("asked.title")} about={`${called(entity)} · ${t("asked.about")}`}>
        {asks && <Button href={link("masters", entity, "requests", "file")}>{t("asked.file")}</Button>}
        {asks && <Button type="primary" href={link("masters", entity, "requests", "new")}>{t("asked.new")}</Button>}
      </Head>
      <Panel>
        <div className="bar">
          <Select style={{ width: 180 }} aria-label={t("status")} value={status} onChange={(v: string) => go(withSearch(route, { status: v || null }))}
            options={[{ value: "", label: t("asked.all") }, ...REQUEST_STATUSES.map((s) => ({ value: s, label: t(`asked.status.${s}` as Key) }))]} />
        </div>
        <Problem of={asked.problem} retry={asked.reload} />
        {!asked.problem && <Table<MasterRequest> fit label={t("asked.title")} rows={asked.data?.items ?? []} id={(r) => String(r.id)} loading={asked.loading} empty={<Nothing>{t("asked.none")}</Nothing>} columns={[
          { name: "name", title: t("name"), width: 260, show: (r) => <><a href={link("masters", entity, "requests", String(r.id))}>{r.name || t("asked.unnamed")}</a><div className="quiet">#{r.id} · {r.reason}</div></> },
          { name: "status", title: t("status"), width: 120, show: (r) => <Tag tone={TONE_OF[r.status]}>{t(`asked.status.${r.status}` as Key)}</Tag> },
          { name: "code", title: t("asked.code"), width: 150, show: (r) => <span className="mono">{r.code ?? ""}</span> },
          { name: "golden", title: t("masters.golden"), width: 180, show: (r) => (r.golden_id ? <a href={link("masters", entity, r.golden_id)}>{r.golden_name ?? r.golden_id}</a> : "") },
          { name: "by", title: t("asked.by"), width: 150, show: (r) => <>{r.asker_name ?? r.asked_by}<div className="quiet">{moment(r.submitted_at ?? r.at)}</div></> },
          { name: "decided", title: t("asked.decided"), width: 150, show: (r) => (r.decided_by ? <>{r.decider_name ?? r.decided_by}<div className="quiet">{r.decision}</div></> : "") },
        ]} />}
        <Pager trail={trail} next={asked.data?.next ?? null} shown={asked.data?.items.length ?? 0} onTrail={setTrail} />
      </Panel>
    </>
  );
}
