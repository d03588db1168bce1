import { useSpeech } from "../i18n";
import { useCalled } from "../shell/names";
import { link } from "../shell/route";
import { Table } from "../ui";
import type { MasterRequest } from "./request";

/** Requests for masters that wait for whoever looks. */
export function WaitingRequests({ of }: { of: MasterRequest[] }) {
  const { t, moment } = useSpeech();
  const called = useCalled();
  return (
    <Table<MasterRequest> fit label={t("asked.title")} rows={of} id={(r) => String(r.id)} columns={[
      { name: "name", title: t("name"), width: 260, show: (r) => <><a href={link("masters", r.entity, "requests", String(r.id))}>{r.name || t("asked.unnamed")}</a><div className="quiet">{called(r.entity)} #{r.id}</div></> },
      { name: "why", title: t("asked.why"), width: 260, show: (r) => r.reason },
      { name: "by", title: t("asked.by"), width: 180, show: (r) => <>{r.asker_name ?? r.asked_by}<div className="quiet">{moment(r.submitted_at ?? r.at)}</div></> },
    ]} />
  );
}
