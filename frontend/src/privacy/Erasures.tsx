import { useAsk } from "../api";
import { useSpeech } from "../i18n";
import { RecordLink } from "../shell/names";
import { Nothing, oneOf, Panel, Problem, Quiet, Table, Tag } from "../ui";

type Erased = {
  id: string; status: string; fields: string[]; kept: { entity: string; id: string; field: string; because: string }[]; reason: string; asked_by: string;
  outcome: { rows?: Record<string, number>; files_removed?: number } | null; at: string; finished_at: string | null;
};

/** Every erasure: why, by whom, what had to stay. Whom it was about stands nowhere. */
export function Erasures() {
  const { t, moment, number } = useSpeech();
  const asked = useAsk<{ items: Erased[] }>("/privacy/erasures");
  return (
    <Panel>
      <Quiet>{t("privacy.erasures.about")}</Quiet>
      <Problem of={asked.problem} retry={asked.reload} />
      <Table<Erased> fit label={t("privacy.erasures")} rows={asked.data?.items ?? []} id={(e) => e.id} loading={asked.loading} empty={<Nothing>{t("privacy.erasures.none")}</Nothing>} detail={(e) => <Stayed of={e} />} columns={[
        { name: "at", title: t("at"), width: 150, show: (e) => <span className="moment">{moment(e.at)}</span> },
        { name: "id", title: t("privacy.erasure"), show: (e) => <span className="mono">{e.id}</span> },
        { name: "status", title: t("status"), width: 110, show: (e) => <Tag tone={e.status === "done" ? "good" : "busy"}>{t(e.status === "done" ? "privacy.done" : "privacy.executing")}</Tag> },
        { name: "by", title: t("by"), width: 130, show: (e) => e.asked_by },
        { name: "reason", title: t("reason"), show: (e) => e.reason },
        { name: "rows", title: t("privacy.rows.emptied"), align: "right", width: 110, show: (e) => number(Object.values(e.outcome?.rows ?? {}).reduce((a, b) => a + b, 0)) },
        { name: "kept", title: t("privacy.stays"), align: "right", width: 110, show: (e) => number(e.kept.length) },
      ]} />
    </Panel>
  );
}

function Stayed({ of }: { of: Erased }) {
  const { t, language } = useSpeech();
  if (!of.kept.length) return <Quiet>{t("privacy.stays.nothing")}</Quiet>;
  return <ul className="plain stayed">{of.kept.map((k) => <li key={`${k.entity}/${k.id}.${k.field}`}><RecordLink of={`${k.entity}/${k.id}`} /> <span className="mono">{k.field}</span>: {oneOf(k.because, language)}</li>)}</ul>;
}
