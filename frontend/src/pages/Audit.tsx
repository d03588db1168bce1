import { Asking } from "../audit/Asking";
import { About, Act, Outcome, RowDrawer, type Event, type Log } from "../audit/Row";
import { address, query, useAsk } from "../api";
import { useSpeech } from "../i18n";
import { doer } from "../record/case";
import { go, withSearch, type Route } from "../shell/route";
import { Button, Head, Nothing, oneOf, Pager, Panel, Problem, Table, Zone } from "../ui";
import { usePages } from "../ui/usePages";

const ASKED = ["q", "actor", "action", "object", "outcome", "from", "to"] as const;

/** The audit log: found by any of its sides, each row with its proof, the log's own state beside it. */
export default function Audit({ route }: { route: Route }) {
  const { t, moment, language } = useSpeech();
  const wanted = Object.fromEntries(ASKED.map((n) => [n, route.search.get(n)]));
  const { asked, trail, setTrail } = usePages<Event>(`/audit${query({ ...wanted, limit: 50 })}`);
  const log = useAsk<Log>("/audit/log");
  const move = (changes: Record<string, string | null>) => go(withSearch(route, changes));
  return (
    <>
      <Head title={t("nav.audit")} about={t("audit.about")}>
        <Button href={address(`/audit.csv${query(wanted)}`)}>{t("export")}</Button>
        <Button href={address(`/audit.ndjson${query(wanted)}`)}>{t("audit.ndjson")}</Button>
      </Head>
      <State of={log.data} />
      <Panel>
        <Asking key={route.raw} of={wanted} onAsk={(given) => move({ ...given, row: null })} />
        <Problem of={asked.problem} retry={asked.reload} />
        <Zone />
        {!asked.problem && <Table<Event> fit label={t("nav.audit")} rows={asked.data?.items ?? []} id={(e) => String(e.id)} loading={asked.loading} empty={<Nothing>{t("nothing.found")}</Nothing>}
          columns={[
            { name: "at", title: t("at"), width: 140, show: (e) => <time className="moment" dateTime={e.at} title={e.at}>{moment(e.at)}</time> },
            { name: "actor", title: t("by"), show: (e) => <span title={e.actor}>{doer(e.actor, t)}</span> },
            { name: "action", title: t("action"), show: (e) => <Act of={e} /> },
            { name: "subject", title: t("subject"), show: (e) => <About of={e} /> },
            { name: "outcome", title: t("outcome"), show: (e) => <Outcome of={e.outcome} /> },
            { name: "reason", title: t("reason"), show: (e) => (e.reason ? oneOf(e.reason, language) : "–") },
            { name: "open", title: t("audit.proof"), show: (e) => <Button size="small" onClick={() => move({ row: String(e.id) })} aria-label={t("audit.look", { id: e.id })}>{t("audit.open")}</Button> },
          ]} />}
        <Pager trail={trail} next={asked.data?.next ?? null} shown={asked.data?.items.length ?? 0} onTrail={setTrail} />
      </Panel>
      <RowDrawer id={route.search.get("row")} keys={log.data?.keys ?? []} onClose={() => move({ row: null })} />
    </>
  );
}

/** How much is sealed and since when, what waits, what is wrong, and the key that others check it with. */
function State({ of }: { of: Log | undefined }) {
  const { t, word, number, moment } = useSpeech();
  if (!of) return null;
  return (
    <Panel>
      {of.alarms.map((a) => <div key={a.code} className="problem" role="alert"><strong>{word(a.label)}</strong></div>)}
      <div className="spread" role="group" aria-label={t("audit.log")}>
        <span><span className="quiet">{t("audit.sealed")}</span> {number(of.size)}{of.waiting > 0 && ` (${t("audit.waiting", { n: number(of.waiting) })})`}</span>
        <span><span className="quiet">{t("audit.signed")}</span> {of.checkpoint ? moment(of.checkpoint.at) : "–"}</span>
        <span><span className="quiet">{t("audit.copies")}</span> {t(of.copied ? "audit.copies.yes" : "audit.copies.no")}</span>
        <details><summary>{t("audit.key")}</summary>{of.keys.map((k) => <div key={k} className="mono break">{k}</div>)}</details>
      </div>
    </Panel>
  );
}
