import { Asking } from "../audit/Asking";
import { About, Act, Outcome, RowDrawer, type Event, type Log } from "../audit/Row";
import { address, query, useAsk } from "../api";
import { useSpeech } from "../i18n";
import { go, withSearch, type Route } from "../shell/route";
import { Button, Facts, Head, Nothing, oneOf, Pager, Panel, Problem, Table } from "../ui";
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
        <Table<Event> fit label={t("nav.audit")} rows={asked.data?.items ?? []} id={(e) => String(e.id)} loading={asked.loading} empty={<Nothing>{t("nothing.found")}</Nothing>}
          columns={[
            { name: "at", title: t("at"), width: 140, show: (e) => <time className="moment" dateTime={e.at} title={e.at}>{moment(e.at)}</time> },
            { name: "actor", title: t("by"), show: (e) => e.actor },
            { name: "action", title: t("action"), show: (e) => <Act of={e} /> },
            { name: "subject", title: t("subject"), show: (e) => <About of={e} /> },
            { name: "outcome", title: t("outcome"), show: (e) => <Outcome of={e.outcome} /> },
            { name: "reason", title: t("reason"), show: (e) => (e.reason ? oneOf(e.reason, language) : "–") },
            { name: "open", title: t("audit.proof"), show: (e) => <Button size="small" onClick={() => move({ row: String(e.id) })} aria-label={t("audit.row", { id: e.id })}>{t("audit.open")}</Button> },
          ]} />
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
    <Panel title={t("audit.log")}>
      {of.alarms.map((a) => <div key={a.code} className="problem" role="alert"><strong>{word(a.label)}</strong></div>)}
      <Facts of={[
        [t("audit.sealed"), `${number(of.size)}${of.waiting ? ` (${t("audit.waiting", { n: number(of.waiting) })})` : ""}`],
        [t("audit.signed"), of.checkpoint ? moment(of.checkpoint.at) : "–"],
        [t("audit.copies"), t(of.copied ? "audit.copies.yes" : "audit.copies.no")],
        [t("audit.key"), of.keys.length ? of.keys.map((k) => <div key={k} className="mono">{k}</div>) : "–"],
      ]} />
    </Panel>
  );
}
