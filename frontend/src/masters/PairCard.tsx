import { useEffect, useRef } from "react";
import { useSpeech, type Key } from "../i18n";
import { link } from "../shell/route";
import { Button, Facts, Tag } from "../ui";
import { Care, CareTag, type Steward } from "./Care";
import { recordOf, TONES, type Lines, type Pair, type Side } from "./model";
import { Waterfall } from "./Waterfall";

export type Doing = "merge" | "split" | "end";
type Given = { entity: string; of: Pair; lines: Lines | null; front: boolean; decides: boolean; onFront: () => void; onDo: (what: Doing) => void; stewards: Steward[]; onCared: () => void };

/** One pair: a line, and when it is in front both sides with what speaks for it and against it. */
export function PairCard({ entity, of, lines, front, decides, onFront, onDo, stewards, onCared }: Given) {
  const { t } = useSpeech();
  const card = useRef<HTMLLIElement>(null);
  useEffect(() => { if (front) card.current?.scrollIntoView({ block: "nearest" }); }, [front]);
  const [one, other] = of.sides;
  return (
    <li ref={card} className={front ? "pair front" : "pair"} tabIndex={front ? 0 : -1} data-front={front || undefined} aria-current={front || undefined}
      aria-label={t("steward.pair", { one: one.name || one.golden_id, other: other.name || other.golden_id })} onClick={front ? undefined : onFront}>
      <div className="pair-line">
        <span className="score">{of.score.toFixed(0)}</span>
        <span className="grow break"><strong>{one.name || one.golden_id}</strong> <span className="quiet">⇄</span> <strong>{other.name || other.golden_id}</strong></span>
        {of.kind === "conflict" && <Tag tone="warn">{t("steward.which.conflict")}</Tag>}
        <CareTag of={of} />
        {of.decision && <Tag tone={TONES[of.decision.status]}>{t(`steward.kind.${of.decision.kind === "split" ? "apart" : of.decision.kind}` as Key)} · {t(of.decision.status === "asked" ? "steward.status.asked" : "steward.next")}</Tag>}
      </div>
      {front && (
        <div className="pair-body">
          <div className="sides">{of.sides.map((s) => <SideOf key={s.golden_id} entity={entity} of={s} />)}</div>
          <div>
            <Waterfall of={of.parts} score={of.score} lines={lines} />
            {of.against && <p className="against"><Tag tone="warn">{t("steward.against")}</Tag> <Against of={of} /></p>}
          </div>
          <div className="bar pair-do">
            {decides && !of.decision && <>
              <Button type="primary" onClick={() => onDo("merge")}>{t("steward.do.merge")}</Button>
              <Button onClick={() => onDo("split")}>{t("steward.apart")}</Button>
            </>}
            {decides && of.decision && <Button onClick={() => onDo("end")}>{t("steward.end")}</Button>}
            {decides && !of.decision && <Care entity={entity} of={of} stewards={stewards} onDone={onCared} />}
            <Button href={link("masters", entity, "pairs", one.golden_id, other.golden_id)}>{t("steward.beside")}</Button>
          </div>
        </div>
      )}
    </li>
  );
}

function Against({ of }: { of: Pair }) {
  const { t, word } = useSpeech();
  return <>{word(of.against)} <span className="quiet">{t("steward.compared", { a: recordOf(of.a), b: recordOf(of.b) })}</span></>;
}

function SideOf({ entity, of }: { entity: string; of: Side }) {
  const { t, number } = useSpeech();
  return (
    <section aria-label={of.name || of.golden_id}>
      <a href={link("masters", entity, of.golden_id)}><strong>{of.name || of.golden_id}</strong></a>
      <Facts of={[
        [t("masters.id"), <span key="id" className="mono">{of.golden_id}</span>],
        [t("masters.codes"), <span key="codes" className="mono break">{of.codes}</span>],
        [t("masters.records"), <>{number(of.records)} {of.sources.map((s) => <Tag key={s}>{s}</Tag>)}</>],
      ]} />
    </section>
  );
}
