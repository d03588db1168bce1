import { useAsk } from "../api";
import { useSpeech } from "../i18n";
import { useCalled } from "../shell/names";
import { link } from "../shell/route";
import { Head, Nothing, Panel, Problem, Table, Tag, Waiting } from "../ui";

type Refused = { seq: number; golden_id: string; reason: string; at: string };
type Subscriber = { name: string; taken: number; behind: number; account: string; moved_at: string; open: number; refused: Refused[] };

/** The systems that take masters over: how far each is, and what it could not take. */
export function Subscribers({ entity }: { entity: string }) {
  const { t, number, moment } = useSpeech();
  const called = useCalled();
  const asked = useAsk<{ items: Subscriber[]; last: number }>(`/masters/${entity}/subscribers`);
  return (
    <>
      <p><a href={link("masters", entity)}>← {t("masters.list")}</a></p>
      <Head title={t("published.title")} about={`${called(entity)} · ${t("published.about")}`} />
      <Problem of={asked.problem} retry={asked.reload} />
      {!asked.data && !asked.problem && <Waiting />}
      {asked.data && (
        <Panel>
          <p className="quiet">{t("published.last", { n: number(asked.data.last) })}</p>
          {asked.data.items.length === 0 ? <Nothing>{t("published.none")}</Nothing> : <Table<Subscriber> fit label={t("published.title")} rows={asked.data.items} id={(s) => s.name} columns={[
            { name: "name", title: t("published.system"), show: (s) => <strong>{s.name}</strong> },
            { name: "taken", title: t("published.taken"), align: "right", show: (s) => number(s.taken) },
            { name: "behind", title: t("published.behind"), align: "right", show: (s) => (s.behind ? <Tag tone="warn">{number(s.behind)}</Tag> : <Tag tone="good">0</Tag>) },
            { name: "open", title: t("published.refused"), align: "right", show: (s) => (s.open ? <Tag tone="bad">{number(s.open)}</Tag> : 0) },
            { name: "moved", title: t("published.moved"), show: (s) => <><span className="moment">{moment(s.moved_at)}</span> <span className="quiet">{s.account}</span></> },
          ]} />}
        </Panel>
      )}
      {asked.data?.items.filter((s) => s.open).map((s) => (
        <Panel key={s.name} title={`${s.name}: ${t("published.refused")}`}>
          <Table<Refused> fit label={`${s.name}: ${t("published.refused")}`} rows={s.refused} id={(r) => String(r.seq)} columns={[
            { name: "seq", title: t("published.number"), align: "right", show: (r) => number(r.seq) },
            { name: "golden", title: t("masters.id"), show: (r) => <a className="mono" href={link("masters", entity, r.golden_id)}>{r.golden_id}</a> },
            { name: "reason", title: t("reason"), show: (r) => <span className="break">{r.reason}</span> },
            { name: "at", title: t("at"), show: (r) => <span className="moment">{moment(r.at)}</span> },
          ]} />
        </Panel>
      ))}
    </>
  );
}
