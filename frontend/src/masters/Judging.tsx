import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { asProblem, query, send, useAsk, type Label, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { link } from "../shell/route";
import { Button, Head, Panel, Problem, Progress, Quiet, Waiting } from "../ui";
import { show, worded } from "./model";

type Field = { name: string; label: Label; codes: Record<string, Label> };
type Blind = { n: number; verdict: string | null; sides: { source: string; source_key: string; values: Record<string, unknown> }[]; fields: Field[] };
type Asked = { pair: Blind | null; waiting: number; drawn: number };
const VERDICTS = [["same", "1"], ["other", "2"], ["unsure", "3"]] as const;

/** Two records after two others, judged by what their sources say and nothing else. */
export function Judging({ entity, sample }: { entity: string; sample: string }) {
  const { t, word } = useSpeech();
  const [back, setBack] = useState<number>(); // a pair that is judged again
  const [past, setPast] = useState<number[]>([]);
  const asked = useAsk<Asked>(`/stewardship/${entity}/samples/${sample}/pair${query({ n: back })}`);
  const [problem, setProblem] = useState<ProblemError>();
  const pair = asked.data?.pair;
  const desk = useRef<HTMLDivElement>(null);
  const shown = !!pair;
  useEffect(() => { if (shown) desk.current?.querySelector("button")?.focus({ preventScroll: true }); }, [shown]);
  const say = async (verdict: string) => {
    if (!pair) return;
    setProblem(undefined);
    try {
      await send("PUT", `/stewardship/${entity}/samples/${sample}/pairs/${pair.n}`, { verdict });
      setPast([...past, pair.n]);
      if (back === undefined) asked.reload(); else setBack(undefined);
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  const again = () => { setBack(past.at(-1)); setPast(past.slice(0, -1)); };
  const hear = (event: KeyboardEvent) => {
    const verdict = VERDICTS.find(([, key]) => key === event.key)?.[0];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (verdict) { event.preventDefault(); void say(verdict); } else if (event.key === "u" && past.length) { event.preventDefault(); again(); }
  };
  return (
    <div onKeyDown={hear}>
      <p><a href={link("masters", entity, "samples")}>← {t("samples.title")}</a></p>
      <Head title={t("samples.judge")} about={t("samples.judge.about")} />
      <Problem of={problem ?? asked.problem} retry={asked.reload} />
      {!asked.data && !asked.problem && <Waiting />}
      {asked.data && <Progress percent={Math.round((100 * (asked.data.drawn - asked.data.waiting)) / Math.max(asked.data.drawn, 1))} aria-label={t("samples.waiting")} />}
      {asked.data && !pair && <Panel><Quiet>{t("samples.done")}</Quiet> <a href={link("masters", entity, "samples")}>{t("samples.title")}</a></Panel>}
      {pair && (
        <Panel>
          <div className="bar" ref={desk}>
            {VERDICTS.map(([v, key]) => <Button key={v} aria-pressed={pair.verdict === v} onClick={() => void say(v)}>{t(`samples.${v}`)} <kbd>{key}</kbd></Button>)}
            <Button disabled={past.length === 0} onClick={again}>{t("samples.back")} <kbd>u</kbd></Button>
          </div>
          <div className="compare" tabIndex={0} role="region" aria-label={t("masters.side")}>
            <table>
              <thead><tr><th scope="col">{t("field")}</th>{pair.sides.map((s) => <th key={s.source + s.source_key} scope="col">{s.source} <span className="mono">{s.source_key}</span></th>)}</tr></thead>
              <tbody>
                {pair.fields.filter((f) => pair.sides.some((s) => show(s.values[f.name]) !== "–")).map((f) => (
                  <tr key={f.name}>
                    <th scope="row">{word(f.label)}</th>
                    {pair.sides.map((s) => <td key={s.source + s.source_key} className="break">{worded(f, s.values[f.name], word)}</td>)}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </Panel>
      )}
    </div>
  );
}
