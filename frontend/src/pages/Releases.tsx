import { useState, type ReactNode } from "react";
import { asProblem, send, useAsk, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { link, type Route } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Facts, Form, Head, Input, Modal, Nothing, Panel, Problem, Table, Tag, Waiting } from "../ui";

type Standing = { pinned_at: string | null; pinned_by: string | null; pin_reason: string | null; withdrawn_at: string | null; digest: string | null };
type Release = Standing & { id: string; created_at: string; created_by: string; published_at: string | null; tables: number; rows: number; current: boolean };
type Named = { name: string; snapshot: string; rows: number; files: number };
type One = Standing & { id: string; created_at: string; published_at: string | null; current: boolean; named_by: string[]; table_list: Named[] };
type Asking = "publish" | "pin" | "unpin";

export default function Releases({ route }: { route: Route }) {
  const id = route.path[1];
  return id ? <Detail key={id} id={id} /> : <List />;
}

function List() {
  const { t, number, moment } = useSpeech();
  const asked = useAsk<{ items: Release[] }>("/releases");
  return (
    <>
      <Head title={t("nav.releases")} about={t("releases.about")} />
      <Panel>
        <Problem of={asked.problem} retry={asked.reload} />
        <Table<Release> label={t("nav.releases")} rows={asked.data?.items ?? []} id={(r) => r.id} loading={asked.loading} empty={<Nothing>{t("releases.none")}</Nothing>} columns={[
          { name: "id", title: t("release"), show: (r) => (r.withdrawn_at ? <span className="mono quiet" title={r.digest ?? undefined}>{r.id}</span> : <><a href={link("releases", r.id)} className="mono">{r.id}</a> {r.current && <Tag tone="good">{t("releases.current")}</Tag>}</>) },
          { name: "at", title: t("at"), show: (r) => moment(r.created_at) },
          { name: "by", title: t("by"), show: (r) => r.created_by },
          { name: "tables", title: t("releases.tables"), align: "right", show: (r) => number(r.tables) },
          { name: "rows", title: t("rows"), align: "right", show: (r) => number(r.rows) },
          { name: "kept", title: t("releases.kept"), show: (r) => <Kept of={r} /> },
        ]} />
      </Panel>
    </>
  );
}

/** Withdrawn, or pinned by whom and why; nothing for a release that is kept by its age. */
function Kept({ of }: { of: Standing }) {
  const { t, moment } = useSpeech();
  if (of.withdrawn_at) return <><Tag>{t("releases.withdrawn")}</Tag> <span className="quiet">{moment(of.withdrawn_at)}</span></>;
  if (of.pinned_at) return <><Tag tone="good">{t("releases.pinned")}</Tag> <span className="quiet">{t("releases.pinned.by", { by: of.pinned_by ?? "", reason: of.pin_reason ?? "" })}</span></>;
  return null;
}

function Detail({ id }: { id: string }) {
  const { t, number, moment } = useSpeech();
  const asked = useAsk<One>(`/releases/${encodeURIComponent(id)}`);
  const may = useMay("releases:publish");
  const [asking, setAsking] = useState<Asking>();
  const [problem, setProblem] = useState<ProblemError>();
  if (asked.problem) return <><Head title={t("nav.releases")} /><Problem of={asked.problem} retry={asked.reload} /></>;
  if (!asked.data) return <Waiting />;
  const release = asked.data;
  const facts: [string, ReactNode][] = [[t("at"), moment(release.created_at)], [t("releases.published"), moment(release.published_at) || "–"]];
  if (release.pinned_at) facts.push([t("releases.kept"), <Kept key="kept" of={release} />]);
  if (release.named_by.length) facts.push([t("releases.named"), <span key="named" className="mono">{release.named_by.join(", ")}</span>]);
  const act = async (what: Asking, reason: string) => {
    try {
      await send("POST", `/releases/${encodeURIComponent(id)}/${what}`, { reason });
      setAsking(undefined);
      setProblem(undefined);
      asked.reload();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return (
    <>
      <p><a href="#/releases">← {t("nav.releases")}</a></p>
      <Head title={t("release")} about={<span className="mono">{release.id}</span>}>
        {release.current && <Tag tone="good">{t("releases.current")}</Tag>}
        {may && <Button onClick={() => setAsking(release.pinned_at ? "unpin" : "pin")}>{t(release.pinned_at ? "releases.unpin" : "releases.pin")}</Button>}
        {may && !release.current && <Button type="primary" onClick={() => setAsking("publish")}>{t("releases.publish")}</Button>}
      </Head>
      <Panel><Facts of={facts} /></Panel>
      <Panel title={t("releases.tables")}>
        <Table<Named> label={t("releases.tables")} rows={release.table_list} id={(n) => n.name} columns={[
          { name: "name", title: t("table"), show: (n) => <span className="mono">{n.name}</span> },
          { name: "snapshot", title: t("snapshot"), show: (n) => <span className="mono">{n.snapshot}</span> },
          { name: "files", title: t("files"), align: "right", show: (n) => number(n.files) },
          { name: "rows", title: t("rows"), align: "right", show: (n) => number(n.rows) },
        ]} />
      </Panel>
      {asking && (
        <Modal open title={t(`releases.${asking}`)} footer={null} onCancel={() => { setAsking(undefined); setProblem(undefined); }} destroyOnHidden>
          <p>{t(`releases.${asking}.about`)}</p>
          <Problem of={problem} />
          <Form layout="vertical" onFinish={(v: { reason: string }) => void act(asking, v.reason)}>
            <Form.Item label={t("reason")} name="reason" rules={[{ required: true, min: 2, message: t("required") }]}><Input /></Form.Item>
            <Button type="primary" htmlType="submit">{t(`releases.${asking}`)}</Button>
          </Form>
        </Modal>
      )}
    </>
  );
}
