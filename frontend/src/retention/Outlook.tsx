import { useState } from "react";
import { asProblem, send, useAsk, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import type { Rule } from "../pages/Retention";
import { go, link } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Facts, Part, Problem, Quiet, Waiting } from "../ui";

type Found = { entity: string; today: string; records: number; due: number; first_due_on: string | null; next_due_on: string | null; endless: number; open: string | null };
const MOST = 1000; // records in one proposal

/** One kind of record: its rule, what it counts from, what is due now and next; from here it is proposed. */
export function Outlook({ rule }: { rule: Rule }) {
  const { t, word, number } = useSpeech();
  const asked = useAsk<Found>(`/retention/outlook/${rule.entity}`);
  return (
    <>
      <Facts of={[
        [t("retention.rule"), word(rule.rule)],
        ...rule.inputs.map((i): [string, React.ReactNode] => [word(i.label), <>{word(i.where)} <span className="quiet mono">{i.path}</span></>]),
        ...(rule.lacking.length ? [[t("retention.missing"), rule.lacking.map((l) => word(l.label) || l.name).join(", ")] as [string, string]] : []),
      ]} />
      <Problem of={asked.problem} retry={asked.reload} />
      {asked.loading && <Waiting />}
      {asked.data && (
        <Part title={t("retention.today", { day: asked.data.today })}>
          <Facts of={[
            [t("retention.records"), number(asked.data.records)],
            [t("retention.due.now"), asked.data.due ? t("retention.due.since", { n: number(asked.data.due), day: asked.data.first_due_on ?? "" }) : number(0)],
            [t("retention.due.next"), asked.data.next_due_on ?? "–"],
            [t("retention.endless"), number(asked.data.endless)],
          ]} />
          <Proposing of={asked.data} rule={rule} />
        </Part>
      )}
    </>
  );
}

function Proposing({ of, rule }: { of: Found; rule: Rule }) {
  const { t, number } = useSpeech();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const may = useMay("retention:propose");
  const propose = async () => {
    setBusy(true);
    try {
      go(link("retention", (await send<{ id: string }>("POST", "/retention/destructions", { entity: rule.entity })).id));
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  if (of.open) return <p><a href={link("retention", of.open)}>{t("retention.open")}</a></p>;
  if (!rule.can_be_due) return <Quiet>{t("retention.never")}</Quiet>;
  if (!of.due) return <Quiet>{t("retention.none.due")}</Quiet>;
  if (!may) return <Quiet>{t("retention.others.propose")}</Quiet>;
  return (
    <div style={{ marginTop: 16 }}>
      <Problem of={problem} />
      <Button type="primary" loading={busy} onClick={() => void propose()}>{t("retention.propose", { n: number(Math.min(of.due, MOST)) })}</Button>
      <Quiet>{t("retention.propose.about")}</Quiet>
    </div>
  );
}
