import { query } from "../api";
import { useSpeech, type Key } from "../i18n";
import { link } from "../shell/route";
import { Pager, Panel, Problem, Quiet, Table, Tag } from "../ui";
import { usePages } from "../ui/usePages";
import { recordOf, show, type Cell, type Change } from "./model";

/** What became of a golden record from run to run, the newest first. */
export function Past({ entity, id, fields }: { entity: string; id: string; fields: Cell[] }) {
  const { t, word, moment } = useSpeech();
  const { asked, trail, setTrail } = usePages<Change>(`/masters/${entity}/${encodeURIComponent(id)}/history${query({ limit: 20 })}`);
  const rows = asked.data?.items ?? [];
  const called = (name: string) => { const f = fields.find((x) => x.name === name); return f ? word(f.label) : name; };
  return (
    <Panel title={t("steward.history")}>
      <Problem of={asked.problem} retry={asked.reload} />
      {asked.data && rows.length === 0 && <Quiet>{t("masters.past.none")}</Quiet>}
      {rows.length > 0 && <Table<Change> fit label={t("steward.history")} rows={rows} id={(c) => String(c.seq)} columns={[
        { name: "at", title: t("at"), width: 170, show: (c) => <span className="moment">{moment(c.at)}</span> },
        { name: "kind", title: t("masters.past.what"), width: 130, show: (c) => <Tag tone={c.kind === "merged" || c.kind === "parted" ? "warn" : "plain"}>{t(`masters.past.${c.kind}` as Key)}</Tag> },
        { name: "about", title: t("subject"), show: (c) => <About of={c} entity={entity} id={id} called={called} /> },
        { name: "source", title: t("source"), width: 150, show: (c) => (c.kind === "changed" && c.source ? <>{c.source === "steward" ? t("survived.steward") : c.source} <span className="mono">{c.source === "steward" ? `#${show(c.record_id)}` : recordOf(show(c.record_id))}</span></> : "") },
      ]} />}
      <Pager trail={trail} next={asked.data?.next ?? null} shown={rows.length} onTrail={setTrail} />
    </Panel>
  );
}

function About({ of: c, entity, id, called }: { of: Change; entity: string; id: string; called: (field: string) => string }) {
  const { t } = useSpeech();
  const golden = (of: string) => (of === id ? <span className="mono">{of}</span> : <a className="mono" href={link("masters", entity, of)}>{of}</a>);
  if (c.kind === "changed") {
    const hidden = c.before === null && c.after === null;
    return <>{called(c.field ?? "")}: {hidden ? <span className="quiet">{t("masters.past.hidden")}</span> : <><span className="quiet break">{show(c.before)}</span> → <span className="break">{show(c.after)}</span></>}</>;
  }
  return (
    <>
      {c.golden_id !== id && <>{golden(c.golden_id)} </>}
      {c.record_id && <span className="mono">{recordOf(c.record_id)} </span>}
      {c.before && <>← {golden(c.before)}</>}
      {c.after && <>→ {golden(c.after)}</>}
    </>
  );
}
