import { query, useAsk } from "../api";
import { useSpeech, type Key } from "../i18n";
import { Search } from "../meta/EntityList";
import { go, link, withSearch, type Route } from "../shell/route";
import { Nothing, Panel, Problem, Table, Tag, type Tone } from "../ui";
import type { Job, Outside, Refusal } from "./lineage";

const TONES: Record<string, Tone> = { COMPLETE: "good", RUNNING: "busy", FAIL: "bad", ABORT: "warn" };

/** Jobs of other tools, as they tell of them; and events of theirs that cannot be read. */
export function Jobs({ route }: { route: Route }) {
  const { t, number, moment } = useSpeech();
  const job = route.search.get("job") ?? "";
  const asked = useAsk<Outside>(`/lineage/jobs${query({ q: job })}`);
  const of = asked.data;
  return (
    <>
      <Panel title={t("lineage.jobs")}>
        <Problem of={asked.problem} retry={asked.reload} />
        {of && of.events === 0 && of.refused === 0 && <Nothing>{t("lineage.jobs.none")}</Nothing>}
        {of && of.events > 0 && (
          <>
            <p className="quiet">{t("lineage.jobs.about", { events: number(of.events), jobs: number(of.jobs) })}</p>
            <div className="bar"><Search value={job} label={t("lineage.jobs.search")} onSearch={(text) => go(withSearch(route, { job: text || null }))} /></div>
            <Table<Job> fit label={t("lineage.jobs")} rows={of.items} id={(j) => `${j.namespace}/${j.name}`} columns={[
              { name: "job", title: t("lineage.job"), show: (j) => <a className="mono" href={`${link("lineage")}?field=${encodeURIComponent(`job:${j.namespace}/${j.name}`)}&through=all`}>{j.namespace}/{j.name}</a> },
              { name: "state", title: t("lineage.state"), show: (j) => (j.state ? <Tag tone={TONES[j.state] ?? "plain"}>{t(`lineage.state.${j.state}` as Key)}</Tag> : "") },
              { name: "last", title: t("lineage.last_run"), show: (j) => (j.begun ? moment(j.begun) : "") },
              { name: "runs", title: t("lineage.runs"), show: (j) => number(j.runs) },
              { name: "message", title: t("lineage.fact.message"), show: (j) => j.message ?? "" },
            ]} />
          </>
        )}
      </Panel>
      {of && of.refused > 0 && (
        <Panel title={t("lineage.refused", { n: number(of.refused) })}>
          <Table<Refusal> fit label={t("lineage.refused", { n: number(of.refused) })} rows={of.refusals} id={(r) => String(r.number)} columns={[
            { name: "number", title: t("lineage.refused.number"), show: (r) => number(r.number) },
            { name: "why", title: t("lineage.why"), show: (r) => r.why },
            { name: "by", title: t("lineage.refused.by"), show: (r) => r.by },
            { name: "at", title: t("lineage.at"), show: (r) => moment(r.at) },
          ]} />
        </Panel>
      )}
    </>
  );
}
