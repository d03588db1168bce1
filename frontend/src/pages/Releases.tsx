import { useState } from "react";
import { asProblem, send, useAsk, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { link, type Route } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Facts, Form, Head, Input, Modal, Nothing, Panel, Problem, Table, Tag, Waiting } from "../ui";

type Release = { id: string; created_at: string; created_by: string; published_at: string | null; tables: number; rows: number; current: boolean };
type Named = { name: string; snapshot: string; rows: number; files: number };
type One = { id: string; created_at: string; published_at: string | null; current: boolean; table_list: Named[] };

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
          { name: "id", title: t("release"), show: (r) => <><a href={link("releases", r.id)} className="mono">{r.id}</a> {r.current && <Tag tone="good">{t("releases.current")}</Tag>}</> },
          { name: "at", title: t("at"), show: (r) => moment(r.created_at) },
          { name: "by", title: t("by"), show: (r) => r.created_by },
          { name: "tables", title: t("releases.tables"), align: "right", show: (r) => number(r.tables) },
          { name: "rows", title: t("rows"), align: "right", show: (r) => number(r.rows) },
        ]} />
      </Panel>
    </>
  );
}

function Detail({ id }: { id: string }) {
  const { t, number, moment } = useSpeech();
  const asked = useAsk<One>(`/releases/${encodeURIComponent(id)}`);
  const may = useMay("releases:publish");
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<ProblemError>();
  if (asked.problem) return <><Head title={t("nav.releases")} /><Problem of={asked.problem} retry={asked.reload} /></>;
  if (!asked.data) return <Waiting />;
  const release = asked.data;
  const publish = async ({ reason }: { reason: string }) => {
    try {
      await send("POST", `/releases/${encodeURIComponent(id)}/publish`, { reason });
      setAsking(false);
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
        {release.current ? <Tag tone="good">{t("releases.current")}</Tag> : may && <Button type="primary" onClick={() => setAsking(true)}>{t("releases.publish")}</Button>}
      </Head>
      <Panel><Facts of={[[t("at"), moment(release.created_at)], [t("releases.published"), moment(release.published_at) || "–"]]} /></Panel>
      <Panel title={t("releases.tables")}>
        <Table<Named> label={t("releases.tables")} rows={release.table_list} id={(n) => n.name} columns={[
          { name: "name", title: t("table"), show: (n) => <span className="mono">{n.name}</span> },
          { name: "snapshot", title: t("snapshot"), show: (n) => <span className="mono">{n.snapshot}</span> },
          { name: "files", title: t("files"), align: "right", show: (n) => number(n.files) },
          { name: "rows", title: t("rows"), align: "right", show: (n) => number(n.rows) },
        ]} />
      </Panel>
      <Modal open={asking} title={t("releases.publish")} footer={null} onCancel={() => setAsking(false)} destroyOnHidden>
        <p>{t("releases.publish.about")}</p>
        <Problem of={problem} />
        <Form layout="vertical" onFinish={(v: { reason: string }) => void publish(v)}>
          <Form.Item label={t("reason")} name="reason" rules={[{ required: true, min: 2, message: t("required") }]}><Input /></Form.Item>
          <Button type="primary" htmlType="submit">{t("releases.publish")}</Button>
        </Form>
      </Modal>
    </>
  );
}
