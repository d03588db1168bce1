import { Outcome, RowDrawer, type Event, type Log } from "../audit/Row";
import { address, query, useAsk } from "../api";
import { useSpeech, type Key } from "../i18n";
import { local, moment as utc } from "../i18n/time";
import { Search } from "../meta/EntityList";
import { RecordLink } from "../shell/names";
import { go, withSearch, type Route } from "../shell/route";
import { Button, Facts, Head, Input, Nothing, Pager, Panel, Problem, Select, Table } from "../ui";
import { usePages } from "../ui/usePages";

const TEXTS = ["actor", "action", "object"] as const;
const ASKED = [...TEXTS, "q", "outcome", "from", "to"] as const;
const OUTCOMES = ["done", "refused", "read"] as const;

/** The audit log: found by any of its sides, each row with its proof, the log's own state beside it. */
export default function Audit({ route }: { route: Route }) {
  const { t, moment } = useSpeech();
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
        <Narrowing route={route} move={move} />
        <Problem of={asked.problem} retry={asked.reload} />
        <Table<Event> label={t("nav.audit")} rows={asked.data?.items ?? []} id={(e) => String(e.id)} loading={asked.loading} empty={<Nothing>{t("nothing.found")}</Nothing>}
          columns={[
            { name: "at", title: t("at"), show: (e) => <time dateTime={e.at} title={e.at}>{moment(e.at)}</time> },
            { name: "actor", title: t("by"), show: (e) => e.actor },
            { name: "action", title: t("action"), show: (e) => <span className="mono">{e.action}</span> },
            { name: "subject", title: t("subject"), show: (e) => <RecordLink of={e.subject} /> },
            { name: "outcome", title: t("outcome"), show: (e) => <Outcome of={e.outcome} /> },
            { name: "reason", title: t("reason"), show: (e) => e.reason ?? "–" },
            { name: "open", title: t("audit.proof"), show: (e) => <Button size="small" onClick={() => move({ row: String(e.id) })} aria-label={t("audit.row", { id: e.id })}>{t("audit.open")}</Button> },
          ]} />
        <Pager trail={trail} next={asked.data?.next ?? null} shown={asked.data?.items.length ?? 0} onTrail={setTrail} />
      </Panel>
      <RowDrawer id={route.search.get("row")} keys={log.data?.keys ?? []} onClose={() => move({ row: null })} />
    </>
  );
}

function Narrowing({ route, move }: { route: Route; move: (changes: Record<string, string | null>) => void }) {
  const { t } = useSpeech();
  const of = (name: string) => route.search.get(name) ?? "";
  return (
    <div className="bar">
      <Search value={of("q")} onSearch={(text) => move({ q: text || null })} />
      {TEXTS.map((name) => <Search key={name} value={of(name)} label={t(`audit.${name}`)} onSearch={(text) => move({ [name]: text || null })} />)}
      <Select style={{ width: 150 }} aria-label={t("outcome")} value={of("outcome")} onChange={(v: string) => move({ outcome: v || null })}
        options={[{ value: "", label: t("outcome.all") }, ...OUTCOMES.map((o) => ({ value: o, label: t(`outcome.${o}` as Key) }))]} />
      {(["from", "to"] as const).map((name) => (
        <label key={name}>{t(`audit.${name}`)}{" "}
          <Input type="datetime-local" style={{ width: 200 }} value={of(name) ? local(of(name)) : ""} onChange={(e) => move({ [name]: e.target.value ? utc(e.target.value) : null })} />
        </label>
      ))}
    </div>
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
