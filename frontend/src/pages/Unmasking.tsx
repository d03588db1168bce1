import { useState } from "react";
import { asProblem, send, useAsk, type Label, type Problem as ProblemError } from "../api";
import { useSpeech, type Key } from "../i18n";
import { Reasoned } from "../shell/Reasoned";
import { link } from "../shell/route";
import { Button, Head, Modal, Nothing, Panel, Problem, Table, Tag, Waiting, type Tone } from "../ui";

export type Grant = {
  id: string; asked_by: string; asker_name: string | null; entity: string; record: string; label: Label | null; fields: string[]; field_labels: Label[];
  reason: string; hours: number; at: string; decided_by: string | null; decider_name: string | null; decision: string | null; expires_at: string | null;
  status: "asked" | "granted" | "refused" | "ended" | "over"; mine: boolean;
};
const TONES: Record<Grant["status"], Tone> = { asked: "busy", granted: "good", refused: "bad", ended: "plain", over: "plain" };

/** Looks under the mask: one's own, and for those who watch over them who holds what. */
export default function Unmasking() {
  const { t } = useSpeech();
  const asked = useAsk<{ items: Grant[]; decides: boolean }>("/unmask-grants");
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  return (
    <>
      <Head title={t("nav.unmasking")} about={t("unmask.about")} />
      <Panel><Grants of={asked.data.items} decides={asked.data.decides} onChange={asked.reload} /></Panel>
    </>
  );
}

/** Requests and grants, with what may be done about each. */
export function Grants({ of, decides, onChange }: { of: Grant[]; decides: boolean; onChange: () => void }) {
  const { t, word, moment, language } = useSpeech();
  const [deciding, setDeciding] = useState<{ what: Grant; grant: boolean }>();
  const [problem, setProblem] = useState<ProblemError>();
  const end = async (g: Grant) => {
    setProblem(undefined);
    try {
      await send("DELETE", `/unmask-grants/${g.id}`);
    } catch (error) {
      setProblem(asProblem(error));
    }
    onChange();
  };
  return (
    <>
      <Problem of={problem} />
      <Table<Grant> label={t("nav.unmasking")} rows={of} id={(g) => g.id} empty={<Nothing>{t("unmask.none")}</Nothing>} columns={[
        { name: "who", title: t("unmask.who"), show: (g) => g.asker_name ?? g.asked_by },
        { name: "record", title: t("subject"), show: (g) => decides && !g.mine ? <>{word(g.label)} <span className="mono">{g.record}</span></> : <a href={link("entities", g.entity, g.record)}>{word(g.label)}</a> },
        { name: "fields", title: t("unmask.fields"), show: (g) => g.field_labels.map((l) => word(l)).join(language === "en" ? ", " : "、") },
        { name: "reason", title: t("reason"), show: (g) => g.reason },
        { name: "asked", title: t("unmask.asked"), show: (g) => moment(g.at) },
        { name: "status", title: t("status"), show: (g) => <Tag tone={TONES[g.status]}>{t(`unmask.${g.status}` as Key)}</Tag> },
        { name: "until", title: t("unmask.until"), show: (g) => g.status === "asked" ? t("unmask.for", { hours: String(g.hours) }) : g.expires_at ? moment(g.expires_at) : "–" },
        { name: "by", title: t("unmask.by"), show: (g) => <>{g.decider_name ?? g.decided_by} <span className="quiet">{g.decision}</span></> },
        { name: "do", title: t("action"), show: (g) => (
          <span className="tight">
            {decides && !g.mine && g.status === "asked" && <>
              <Button size="small" type="primary" onClick={() => setDeciding({ what: g, grant: true })}>{t("unmask.grant")}</Button>{" "}
              <Button size="small" onClick={() => setDeciding({ what: g, grant: false })}>{t("refuse")}</Button>
            </>}
            {((g.mine && g.status === "asked") || ((g.mine || decides) && g.status === "granted")) && <Button size="small" danger onClick={() => void end(g)}>{t("unmask.end")}</Button>}
          </span>
        ) },
      ]} />
      <Modal open={!!deciding} title={deciding && t(deciding.grant ? "unmask.grant" : "refuse")} footer={null} onCancel={() => setDeciding(undefined)} destroyOnHidden>
        {deciding && (
          <Reasoned label={t(deciding.grant ? "unmask.grant" : "refuse")} inPerson={deciding.grant} onDone={() => { setDeciding(undefined); onChange(); }}
            decide={(reason, proof) => send("POST", `/unmask-grants/${deciding.what.id}/decision`, { grant: deciding.grant, reason, ...proof })} />
        )}
      </Modal>
    </>
  );
}
