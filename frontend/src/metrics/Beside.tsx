import { useEffect, useState } from "react";
import { asProblem, send, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { Facts, Problem, Table } from "../ui";
import { Chart } from "./Chart";
import { called, figure, type Effect, type Item } from "./model";

/** Past periods as a metric is defined and as it would be, side by side. */
export function Beside({ of, decimals, unit, bars, language }: { of: Effect; decimals: number; unit: string; bars: boolean; language: string }) {
  const { t, word } = useSpeech();
  const grain = of.before.grain ?? "month";
  const then = new Map(of.after.items.map((i) => [i.period, i.value]));
  const told = (value: number | null | undefined) => figure(value, decimals, language, unit);
  return (
    <section aria-label={t("metrics.effect")}>
      <Facts of={[
        [t("metrics.as_now"), <>{word(of.words.before)} <strong>{told(of.before.whole.value)}</strong>{of.target.before !== null && ` · ${t("metrics.target")} ${told(of.target.before)}`}</>],
        [t("metrics.as_then"), <>{word(of.words.after)} <strong>{told(of.after.whole.value)}</strong>{of.target.after !== null && ` · ${t("metrics.target")} ${told(of.target.after)}`}</>],
      ]} />
      {of.before.items.length > 0 && (
        <>
          <Chart periods={of.before.items.map((i) => i.period!)} grain={grain} bars={bars} target={of.target.after} decimals={decimals} unit={unit} label={t("metrics.effect")} targetLabel={t("metrics.target")} language={language}
            series={[{ name: t("metrics.as_now"), values: of.before.items.map((i) => i.value) }, { name: t("metrics.as_then"), values: of.before.items.map((i) => then.get(i.period) ?? null), dashed: true }]} />
          <Table<Item> fit label={t("metrics.effect")} rows={[...of.before.items].reverse()} id={(i) => i.period ?? ""} columns={[
            { name: "period", title: t("metrics.period"), width: 120, show: (i) => called(i.period, grain) },
            { name: "now", title: t("metrics.as_now"), align: "right", width: 130, show: (i) => told(i.value) },
            { name: "then", title: t("metrics.as_then"), align: "right", width: 130, show: (i) => told(then.get(i.period) ?? null) },
          ]} />
        </>
      )}
    </section>
  );
}

/** The effect of what is proposed for a metric, for who decides. */
export function EffectOf({ subject, content }: { subject: string; content: unknown }) {
  const { language } = useSpeech();
  const [effect, setEffect] = useState<Effect>();
  const [problem, setProblem] = useState<ProblemError>();
  useEffect(() => {
    send<Effect>("POST", `/metrics/${subject.replace(/^metric:/, "")}/effect`, { content }).then(setEffect, (error: unknown) => setProblem(asProblem(error)));
  }, [subject, content]);
  return <><Problem of={problem} />{effect && <Beside of={effect} decimals={2} unit="" bars={false} language={language} />}</>;
}
