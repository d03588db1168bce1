import { useAsk, type Label } from "../api";
import { useSpeech } from "../i18n";
import { better, figure, meets, type Card } from "../metrics/model";
import { useMine } from "../shell/inbox";
import { link } from "../shell/route";
import { useMay, useSession } from "../shell/session";
import { Head, Panel, Problem, Table, Tag, Waiting } from "../ui";
import { Pressing } from "./Inbox";
import { Desks, type Desk } from "./Processes";
type Source = { name: string; label: Label; files: number; rows_read: number; rows_accepted: number; rows_quarantined: number; rows_corrected: number };
type HomeData = {
  name: string; release: { id: string; published_at: string } | null; quality_index: number | null;
  dimensions: { name: string; label: Label; index: number }[]; kpis: { name: string; label: Label; value: number; link: string | null }[];
  sources: Source[]; attention: { label: Label; count: number; link: string }[];
};

/** Those who act begin with the most pressing of what waits for them and their desks; the others with how the data stands. */
export default function Home() {
  return useSession().session?.acts ? <Acting /> : <Figures />;
}

function Acting() {
  const { t, word, language } = useSpeech();
  const { session } = useSession();
  const asked = useAsk<{ items: Desk[] }>("/processes");
  const waits = useMine();
  const mine = asked.data?.items.filter((d) => d.acts) ?? [];
  const busy = mine.filter((d) => d.open > 0).sort((a, b) => waits(b.entity) - waits(a.entity) || b.late - a.late);
  return (
    <>
      <Head title={session?.name} about={session?.role_labels.map(word).join(language === "en" ? ", " : "、")} />
      <Pressing />
      <Problem of={asked.problem} retry={asked.reload} />
      {mine.length > 0 && (
        <Panel title={t("home.desks")}>
          {busy.length > 0 && <Desks of={busy} />}
          <p className="bar quiet idle">{busy.length < mine.length && t("home.idle")} {mine.filter((d) => d.open === 0).map((d) => <a key={d.entity} href={link("entities", d.entity)}>{word(d.label)}</a>)}</p>
        </Panel>
      )}
    </>
  );
}

function Figures() {
  const { t, word, number, moment } = useSpeech();
  const looks = useMay("quarantine:read");
  const asked = useAsk<HomeData>("/home");
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const home = asked.data;
  if (!home.release) {
    return <><Head title={home.name} /><Panel><p>{t("home.empty")}</p><p><a href="#/sources">{t("nav.sources")}</a></p></Panel></>;
  }
  return (
    <>
      <Head title={home.name} about={<>{t("home.release")} <a href={`#/releases/${home.release.id}`} className="mono">{home.release.id}</a> · {moment(home.release.published_at)}</>} />
      <div className="cards">
        <a className="card" href="#/quality">
          <div className="name">{t("home.index")}</div>
          <div className="value">{home.quality_index === null ? "–" : `${home.quality_index.toFixed(2)}%`}</div>
        </a>
        {home.kpis.map((k) => (
          <a key={k.name} className="card" href={k.link ?? undefined}>
            <div className="name">{word(k.label)}</div>
            <div className="value">{number(k.value)}</div>
          </a>
        ))}
      </div>
      <Measured />
      <div className="split">
        <Panel title={t("home.attention")}>
          {home.attention.length === 0 ? <p className="quiet">{t("home.attention.none")}</p> : (
            <ul>{home.attention.map((a) => <li key={a.link + a.label.en}><a href={a.link}>{word(a.label)}</a>: <strong>{number(a.count)}</strong></li>)}</ul>
          )}
          <p><a href="#/trace">{t("home.trace")}</a></p>
        </Panel>
        <Panel title={t("home.dimensions")}>
          {home.dimensions.map((d) => <Gauge key={d.name} name={word(d.label)} index={d.index} />)}
        </Panel>
      </div>
      <Panel title={t("home.sources")}>
        <Table<Source> fit label={t("home.sources")} rows={home.sources} id={(s) => s.name} columns={[
          { name: "name", title: t("source"), show: (s) => <a href={`#/sources/${s.name}`}>{word(s.label)}</a> },
          { name: "files", title: t("files"), align: "right", show: (s) => number(s.files) },
          { name: "read", title: t("rows.read"), align: "right", show: (s) => number(s.rows_read) },
          { name: "accepted", title: t("rows.accepted"), align: "right", show: (s) => number(s.rows_accepted) },
          { name: "held", title: t("rows.quarantined"), align: "right", show: (s) => (looks ? <a href={`#/quarantine?source=${s.name}`}>{number(s.rows_quarantined)}</a> : number(s.rows_quarantined)) },
          { name: "mended", title: t("rows.corrected"), align: "right", show: (s) => (looks ? <a href={`#/corrections?source=${s.name}`}>{number(s.rows_corrected)}</a> : number(s.rows_corrected)) },
        ]} />
      </Panel>
    </>
  );
}

/** The business's own figures: their last twelve months, beside the twelve before. */
function Measured() {
  const { t, word, language } = useSpeech();
  const cards = useAsk<{ items: Card[] }>("/home/metrics").data?.items ?? [];
  if (!cards.length) return null;
  return (
    <Panel title={<>{t("home.metrics")} <a href="#/metrics">{t("home.metrics.all")}</a></>}>
      <div className="cards">
        {cards.map((c) => {
          const [held, good] = [meets(c), better(c.value, c.before, c.direction)];
          return (
            <a key={c.name} className="card" href={`${link("metrics", c.name)}?period=month`}>
              <div className="name">{word(c.label)}</div>
              <div className="value">{figure(c.value, c.decimals, language, c.unit)}</div>
              <div className="quiet">{held !== null && <Tag tone={held ? "good" : "bad"}>{t(held ? "metrics.meets" : "metrics.misses")}</Tag>}{good !== null && <Tag tone={good ? "good" : "warn"}>{`${t("metrics.was")} ${figure(c.before, c.decimals, language, c.unit)}`}</Tag>} </div>
              <div className="quiet">{c.to}</div>
            </a>
          );
        })}
      </div>
    </Panel>
  );
}

export const Gauge = ({ name, index }: { name: string; index: number }) => (
  <div className="gauge">
    <span>{name}</span>
    <span className="meter" role="meter" aria-label={name} aria-valuemin={0} aria-valuemax={100} aria-valuenow={index}><span style={{ width: `${index}%` }} /></span>
    <span className="number">{index.toFixed(2)}%</span>
  </div>
);
