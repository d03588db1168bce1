import { useState } from "react";
import { query, useAsk, type Paged } from "../api";
import { useSpeech } from "../i18n";
import { link } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Head, Modal, Panel, Problem, Quiet, Tag, Waiting } from "../ui";
import { Became, Deciding } from "./Deciding";
import { Taking } from "./Decisions";
import type { Doing } from "./PairCard";
import { Sides } from "./Sides";
import { titleOf, TONES, type Lines, type Made, type One, type Pair } from "./model";
import { Waterfall } from "./Waterfall";

/** Two golden records side by side, and whether they are one. */
export function Beside({ entity, ids }: { entity: string; ids: [string, string] }) {
  const { t } = useSpeech();
  const one = useAsk<One>(`/masters/${entity}/${encodeURIComponent(ids[0])}`);
  const other = useAsk<One>(`/masters/${entity}/${encodeURIComponent(ids[1])}`);
  const pairs = useAsk<Paged<Pair> & { lines: Lines }>(`/stewardship/${entity}/pairs${query({ golden: ids })}`);
  const problem = one.problem ?? other.problem ?? pairs.problem;
  const back = <p><a href={link("masters", entity, "pairs")}>← {t("steward.queue")}</a></p>;
  if (problem) return <>{back}<Head title={t("steward.beside")} /><Problem of={problem} retry={() => { one.reload(); other.reload(); pairs.reload(); }} /></>;
  if (!one.data || !other.data || !pairs.data) return <Waiting />;
  const both = [one.data, other.data];
  if (one.data.golden_id === other.data.golden_id) {
    return <>{back}<Head title={t("steward.beside")} /><Panel><Quiet>{t("steward.one")} <a href={link("masters", entity, one.data.golden_id)}>{titleOf(one.data)}</a></Quiet></Panel></>;
  }
  return (
    <>
      {back}
      <Head title={t("steward.beside")} about={both.map(titleOf).join(" ⇄ ")} />
      <Choice entity={entity} of={both} pair={pairs.data.items[0]} onDecided={pairs.reload} />
      <Panel title={t("masters.side")}>
        <Sides entity={entity} of={both} />
        <p className="quiet">{t("steward.beside.about")}</p>
      </Panel>
      {pairs.data.items[0] && <Panel title={t("masters.evidence")}><Waterfall of={pairs.data.items[0].parts} score={pairs.data.items[0].score} lines={pairs.data.lines} /></Panel>}
    </>
  );
}

function Choice({ entity, of, pair, onDecided }: { entity: string; of: One[]; pair: Pair | undefined; onDecided: () => void }) {
  const { t } = useSpeech();
  const decides = useMay("masters:decide");
  const [doing, setDoing] = useState<Doing>();
  const [became, setBecame] = useState<Made>();
  const kind = doing === "split" ? "split" : "merge";
  const decision = pair?.decision ?? (became && { id: became.id, status: became.status });
  const done = (made?: Made) => { setDoing(undefined); setBecame(made); onDecided(); };
  const names = of.map(titleOf).join(" + ");
  return (
    <>
      <Became of={became} />
      {pair?.decision && <p role="note"><Tag tone={TONES[pair.decision.status]}>{t(pair.decision.kind === "split" ? "steward.kind.apart" : "steward.kind.merge")} · {t(pair.decision.status === "asked" ? "steward.status.asked" : "steward.next")}</Tag></p>}
      {decides && (
        <div className="bar">
          {decision ? <Button onClick={() => setDoing("end")}>{t("steward.end")}</Button> : <>
            <Button type="primary" onClick={() => setDoing("merge")}>{t("steward.do.merge")}</Button>
            <Button onClick={() => setDoing("split")}>{t("steward.apart")}</Button>
          </>}
        </div>
      )}
      <Deciding open={doing === "merge" || doing === "split"} entity={entity} kind={kind} said={{ kind, golden: of.map((g) => g.golden_id) }}
        title={`${t(kind === "split" ? "steward.apart" : "steward.do.merge")}: ${names}`} onClose={() => setDoing(undefined)} onDone={done} />
      <Modal open={doing === "end"} title={`${t("steward.end")}: ${names}`} footer={null} onCancel={() => setDoing(undefined)} destroyOnHidden>
        {decision && <Taking of={decision} step="end" onDone={() => done()} />}
      </Modal>
    </>
  );
}
