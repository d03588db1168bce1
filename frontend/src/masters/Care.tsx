import { useState } from "react";
import { asProblem, send, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { useSession } from "../shell/session";
import { Button, Due, Problem, Select, Tag } from "../ui";
import type { Pair } from "./model";

export type Steward = { name: string; printed_name: string };

/** Until when a pair is to be looked at, and who has taken it; a steward takes it, hands it over or gives it back. */
export function Care({ entity, of, stewards, onDone }: { entity: string; of: Pair; stewards: Steward[]; onDone: () => void }) {
  const { t } = useSpeech();
  const me = useSession().session?.username;
  const [problem, setProblem] = useState<ProblemError>();
  const give = async (assignee: string | null) => {
    setProblem(undefined);
    try {
      await send("PUT", `/stewardship/${entity}/pairs/care`, { golden: of.sides.map((s) => s.golden_id), assignee });
      onDone();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  const taken = of.care?.assignee ?? null;
  return (
    <>
      <div className="bar steps-of">
        {taken === me ? <Button onClick={() => void give(null)}>{t("care.back")}</Button> : <Button onClick={() => void give(me ?? null)}>{t("care.take")}</Button>}
        <Select style={{ width: 180 }} aria-label={t("care.hand")} placeholder={t("care.hand")} value={taken ?? undefined} showSearch={{ optionFilterProp: "label" }}
          options={stewards.map((s) => ({ value: s.name, label: s.printed_name }))} onChange={(to: string) => void give(to)} />
      </div>
      <Problem of={problem} />
    </>
  );
}

/** The same in one line of the list. */
export function CareTag({ of }: { of: Pair }) {
  if (!of.care) return null;
  return <>{of.care.assignee && <Tag>{of.care.assignee_name ?? of.care.assignee}</Tag>}{of.care.due_at && !of.decision && <Due at={of.care.due_at} />}</>;
}
