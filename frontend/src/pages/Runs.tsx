import { Fragment, useEffect, useState } from "react";
import { address, asProblem, send, useAsk, type Problem as ProblemError } from "../api";
import { useSpeech, type Key } from "../i18n";
import { useMay } from "../shell/session";
import { go, link, type Route } from "../shell/route";
import { doer } from "../record/case";
import { Button, Facts, Head, Panel, Problem, Progress, Table, Tag, Waiting, type Tone } from "../ui";

type Stage = { name: string; done: number; total: number; seconds: number; status: string; what?: string; models?: string[] };
type Run = { id: string; status: string; started_by: string; started_at: string; finished_at: string | null; message: string | null; hint: string | null; stages: Stage[] };
const TONES: Record<string, Tone> = { done: "good", failed: "bad", running: "busy" };

const Status = ({ of }: { of: Run }) => {
  const { t } = useSpeech();
  return <Tag tone={TONES[of.status] ?? "plain"}>{t(`run.${of.status}` as Key)}</Tag>;
};

export default function Runs({ route }: { route: Route }) {
  const id = route.path[1];
  return id ? <Live key={id} id={id} /> : <List />;
}

function List() {
  const { t, moment } = useSpeech();
  const asked = useAsk<{ items: Run[] }>("/runs");
  const may = useMay("runs:start");
  const [problem, setProblem] = useState<ProblemError>();
  const start = async () => {
    try {
      go(link("runs", (await send<{ run_id: string }>("POST", "/runs")).run_id));
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return (
    <>
      <Head title={t("nav.runs")} about={t("runs.about")}>
        {may && <Button type="primary" onClick={() => void start()}>{t("runs.start")}</Button>}
      </Head>
      <Panel>
        <Problem of={problem ?? asked.problem} retry={asked.reload} />
        <Table<Run> label={t("nav.runs")} rows={asked.data?.items ?? []} id={(r) => r.id} loading={asked.loading} columns={[
          { name: "id", title: t("run"), show: (r) => <a href={link("runs", r.id)} className="mono">{r.id.slice(0, 17)}</a> },
          { name: "status", title: t("status"), show: (r) => <Status of={r} /> },
          { name: "by", title: t("by"), show: (r) => doer(r.started_by, t) },
          { name: "at", title: t("started"), show: (r) => moment(r.started_at) },
          { name: "seconds", title: t("seconds"), align: "right", show: (r) => (r.stages ?? []).reduce((n, s) => n + s.seconds, 0).toFixed(1) },
          { name: "message", title: t("message"), show: (r) => r.message ?? "" },
        ]} />
      </Panel>
    </>
  );
}

const share = (s: Stage): number => (s.status === "done" ? 100 : s.total ? Math.round((100 * s.done) / s.total) : 0);

/** One run, as it moves: the server tells of every change until the run ends. */
function Live({ id }: { id: string }) {
  const { t, moment, number } = useSpeech();
  const looks = useMay("quarantine:read");
  const models = useMay("models:read");
  const first = useAsk<Run>(`/runs/${id}`);
  const [live, setLive] = useState<Run>();
  useEffect(() => {
    const events = new EventSource(address(`/runs/${id}/events`));
    events.addEventListener("run", (event) => {
      const run = JSON.parse((event as MessageEvent<string>).data) as Run;
      setLive(run);
      if (run.status !== "running") events.close();
    });
    return () => events.close();
  }, [id]);
  const run = live ?? first.data;
  if (first.problem) return <><Head title={t("nav.runs")} /><Problem of={first.problem} retry={first.reload} /></>;
  if (!run) return <Waiting />;
  // A run over what is there already has nothing to take in; that is no stage that stands still.
  const skipped = (s: Stage) => run.status === "done" && s.status !== "done";
  const stopped = (run.stages ?? []).flatMap((s) => s.models ?? []);
  return (
    <>
      <p><a href="#/runs">← {t("nav.runs")}</a></p>
      <Head title={t("run")} about={<span className="mono">{run.id}</span>}><Status of={run} /></Head>
      <Panel>
        <Facts of={[[t("by"), doer(run.started_by, t)], [t("started"), moment(run.started_at)], [t("finished"), moment(run.finished_at) || "–"]]} />
        {run.message && <p role="alert" className="broken"><Tag tone="bad">{run.message}</Tag>{run.hint && <><br />{run.hint}</>}</p>}
        {models && stopped.length > 0 && <p>{t("run.held")} {stopped.map((m) => <Fragment key={m}><a className="mono" href={link("models", m)}>{m}</a> </Fragment>)}</p>}
      </Panel>
      <Panel title={t("runs.stages")}>
        <ol className="steps" aria-live="polite">
          {(run.stages ?? []).map((s) => (
            <li key={s.name}>
              <span>{t(`stage.${s.name}` as Key)}</span>
              <Progress percent={share(s)} aria-label={t(`stage.${s.name}` as Key)} size="small" showInfo={!skipped(s)} />
              <span className="quiet">{skipped(s) ? t("stage.skipped") : s.seconds ? `${number(s.seconds)} s` : s.status === "running" ? s.what ?? "" : ""}</span>
            </li>
          ))}
        </ol>
      </Panel>
      {run.status === "done" && <p>{looks && <><a href="#/quarantine">{t("nav.quarantine")}</a> · </>}<a href="#/sources">{t("nav.sources")}</a></p>}
    </>
  );
}
