import { useEffect, useRef, useState, type ReactNode } from "react";
import { asProblem, send, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { useCalled } from "../shell/names";
import { Facts, Problem, Tag } from "../ui";
import { recordOf, type Outlook, type Said } from "./model";

const PAUSE = 300; // milliseconds without a change before the server is asked again

/** What the server says would come of a decision, asked anew when it changes; nothing is written. */
export function useOutlook(entity: string, said: Said | undefined): { seen?: Outlook; problem?: ProblemError } {
  const [state, setState] = useState<{ of: string; seen?: Outlook; problem?: ProblemError }>({ of: "" });
  const wanted = said ? JSON.stringify(said) : "";
  const again = useRef(false);
  useEffect(() => {
    if (!wanted) return;
    let dropped = false;
    const ask = () => send<Outlook>("POST", `/stewardship/${entity}/preview`, JSON.parse(wanted)).then(
      (seen) => { if (!dropped) setState({ of: wanted, seen }); },
      (error: unknown) => { if (!dropped) setState({ of: wanted, problem: asProblem(error) }); },
    );
    const timer = setTimeout(() => void ask(), again.current ? PAUSE : 0);
    again.current = true;
    return () => { dropped = true; clearTimeout(timer); };
  }, [entity, wanted]);
  return state.of === wanted ? state : {};
}

/** What would come of it: the records of each golden record, what hangs on them, who else is asked. */
export function Outcome({ kind, seen, problem }: { kind: Said["kind"]; seen?: Outlook; problem?: ProblemError }) {
  const { t, language } = useSpeech();
  if (problem) return <Problem of={problem} />;
  if (!seen) return <p role="status" className="quiet">{t("loading")}</p>;
  const comma = language === "en" ? ", " : "、";
  return (
    <div className="outcome" role="group" aria-label={t("steward.outcome")}>
      {seen.blocked.length > 0 && (
        <div className="problem" role="alert">
          <strong>{t("steward.blocked")}</strong>
          {seen.blocked.slice(0, 3).map((b) => <p key={b.a + b.b}>{t("steward.blocked.pair", { a: recordOf(b.a), b: recordOf(b.b) })}</p>)}
        </div>
      )}
      <Facts of={[
        ...(kind === "value" || kind === "link" ? [] : [[t("steward.groups"), <Groups key="groups" of={seen.groups} comma={comma} />] as [ReactNode, ReactNode]]),
        [t("steward.impact"), <Hangs key="impact" of={seen} comma={comma} />],
        [t("steward.second"), seen.second_person ? <Tag key="second" tone="warn">{t("steward.second.yes")}</Tag> : t("steward.second.no")],
        [t("steward.effect"), t("steward.effect.about")],
      ]} />
    </div>
  );
}

function Groups({ of, comma }: { of: string[][]; comma: string }) {
  const { t } = useSpeech();
  return (
    <ol className="plain">
      {of.map((g) => <li key={g[0]}>{t("steward.group", { n: g.length })} <span className="mono break">{g.slice(0, MOST).map(recordOf).join(comma)}{g.length > MOST ? " …" : ""}</span></li>)}
    </ol>
  );
}

const MOST = 8; // records named of each group

function Hangs({ of, comma }: { of: Outlook; comma: string }) {
  const { t, number } = useSpeech();
  const called = useCalled();
  const by = Object.entries(of.impact.by).sort((a, b) => b[1] - a[1]);
  if (by.length === 0) return <>{t("steward.impact.none")}</>;
  return (
    <>
      {by.map(([entity, n]) => t("steward.rows", { n: number(n), of: called(entity) })).join(comma)}
      {of.impact.open_cases > 0 && <> <Tag tone="warn">{t("steward.cases", { n: number(of.impact.open_cases) })}</Tag></>}
    </>
  );
}
