import { useState } from "react";
import { asProblem, send, useAsk, type Problem as ProblemError } from "../api";
import { useSpeech, type Key } from "../i18n";
import { useCalled } from "../shell/names";
import { go, link } from "../shell/route";
import { Button, Head, Nothing, Panel, Problem, Table, Waiting } from "../ui";

type Stratum = { stratum: string; pairs: number; drawn: number; same: number; other: number; unsure: number; share: number | null; low: number; high: number };
type Sample = { id: number; release: string; drawn_by: string; at: string; strata: Stratum[]; waiting: number; precision: number | null; recall: number | null };

/** How good matching is: samples of pairs judged blind, and what the judgements come to. */
export function Samples({ entity }: { entity: string }) {
  const { t, moment, number } = useSpeech();
  const called = useCalled();
  const asked = useAsk<{ items: Sample[]; decides: boolean }>(`/stewardship/${entity}/samples`);
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const draw = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      go(link("masters", entity, "samples", String((await send<{ id: number }>("POST", `/stewardship/${entity}/samples`, {})).id)));
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(false);
  };
  const share = (of: number | null) => (of === null ? "–" : `${(of * 100).toFixed(1)} %`);
  return (
    <>
      <p><a href={link("masters", entity)}>← {t("masters.list")}</a></p>
      <Head title={t("samples.title")} about={`${called(entity)} · ${t("samples.about")}`}>
        <Button href={link("masters", entity, "matching")}>{t("matching.title")}</Button>
        {asked.data?.decides && <Button type="primary" loading={busy} onClick={() => void draw()}>{t("samples.draw")}</Button>}
      </Head>
      <Problem of={problem ?? asked.problem} retry={asked.reload} />
      {!asked.data && !asked.problem && <Waiting />}
      {asked.data?.items.length === 0 && <Panel><Nothing>{t("samples.none")}</Nothing></Panel>}
      {asked.data?.items.map((s) => (
        <Panel key={s.id} title={`${t("samples.one", { id: s.id })} · ${moment(s.at)}`}>
          <dl className="facts">
            <dt>{t("samples.precision")}</dt><dd>{share(s.precision)}</dd>
            <dt>{t("samples.recall")}</dt><dd>{share(s.recall)}</dd>
            <dt>{t("samples.waiting")}</dt><dd>{s.waiting ? <a href={link("masters", entity, "samples", String(s.id))}>{number(s.waiting)}</a> : 0}</dd>
          </dl>
          <Table<Stratum> fit label={t("samples.one", { id: s.id })} rows={s.strata} id={(x) => x.stratum} columns={[
            { name: "stratum", title: t("samples.stratum"), show: (x) => t(`samples.stratum.${x.stratum}` as Key) },
            { name: "pairs", title: t("samples.pairs"), align: "right", show: (x) => number(x.pairs) },
            { name: "drawn", title: t("samples.drawn"), align: "right", show: (x) => number(x.drawn) },
            { name: "same", title: t("samples.same"), align: "right", show: (x) => number(x.same) },
            { name: "other", title: t("samples.other"), align: "right", show: (x) => number(x.other) },
            { name: "unsure", title: t("samples.unsure"), align: "right", show: (x) => number(x.unsure) },
            { name: "share", title: t("samples.share"), align: "right", width: 190, show: (x) => (x.share === null ? "–" : `${share(x.share)} (${share(x.low)} – ${share(x.high)})`) },
          ]} />
        </Panel>
      ))}
      {asked.data && asked.data.items.length > 0 && <p className="quiet">{t("samples.how")}</p>}
    </>
  );
}
