import { useState } from "react";
import { asProblem, send, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { useMay } from "../shell/session";
import { Button, Facts, Form, Input, Panel, Part, Problem, Quiet, Table } from "../ui";
import { Correcting } from "./Correcting";
import { Erasing } from "./Erasing";
import { Fields, keyOf, Where, type Asking, type Found, type Told } from "./found";

/** One person, by what is known of them; what was typed stays on this page and in no address. */
export function Search() {
  const { t } = useSpeech();
  const [asked, setAsked] = useState<Asking>();
  const [found, setFound] = useState<Found>();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const look = async (wanted: Asking) => {
    setBusy(true);
    setProblem(undefined);
    setFound(undefined);
    setAsked(wanted);
    try {
      setFound(await send<Found>("POST", "/privacy/find", wanted));
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(false);
  };
  return (
    <>
      <Panel>
        <Quiet>{t("privacy.person.about")}</Quiet>
        <Form layout="vertical" style={{ marginTop: 12, maxWidth: 640 }} onFinish={(v: { values: string; reason: string }) => void look({ values: v.values.split("\n").map((x) => x.trim()).filter(Boolean), reason: v.reason })}>
          <Form.Item name="values" label={t("privacy.values")} extra={t("privacy.values.about")} rules={[{ required: true, whitespace: true, message: t("required") }]}>
            <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} autoComplete="off" spellCheck={false} />
          </Form.Item>
          <Form.Item name="reason" label={t("privacy.reason")} extra={t("privacy.reason.about")} rules={[{ required: true, whitespace: true, min: 2, message: t("required") }]}>
            <Input maxLength={2000} />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={busy}>{t("find")}</Button>
        </Form>
      </Panel>
      <Problem of={problem} />
      {found && asked && <Answer of={found} asked={asked} again={() => void look(asked)} />}
    </>
  );
}

function Answer({ of, asked, again }: { of: Found; asked: Asking; again: () => void }) {
  const { t, number } = useSpeech();
  const [exports, corrects, erases] = [useMay("privacy:export"), useMay("privacy:correct"), useMay("privacy:erase")];
  const [correcting, setCorrecting] = useState<Told>();
  const held = !of.empty;
  return (
    <div role="region" aria-label={t("privacy.found")}>
      <Panel title={t("privacy.found")}>
        <div role="status">
          {held ? <Facts of={[
            [t("privacy.records"), number(of.records.length)], [t("privacy.from.sources"), number(of.from_sources.length)],
            [t("privacy.rows"), number(of.rows.reduce((n, r) => n + r.rows, 0))], [t("privacy.accounts"), of.accounts.join(", ") || "–"], [t("privacy.acts"), number(of.acts)],
          ]} /> : <Quiet>{t("privacy.nothing")}</Quiet>}
        </div>
        {of.unparsable_records > 0 && <Quiet>{t("privacy.unreadable", { n: number(of.unparsable_records) })}</Quiet>}
        {held && (
          <div className="bar" style={{ margin: "12px 0 0" }}>
            {exports && <Exporting asked={asked} />}
            {erases && <Erasing asked={asked} onDone={again} />}
          </div>
        )}
        {of.records.length > 0 && (
          <Part title={t("privacy.records")}>
            <Table<Told> fit label={t("privacy.records")} rows={of.records} id={keyOf} columns={[
              { name: "where", title: t("subject"), show: (r) => <Where of={r} /> }, { name: "fields", title: t("fields"), show: (r) => <Fields of={r} /> },
              ...(corrects ? [{ name: "do", title: t("action"), width: 100, show: (r: Told) => <Button size="small" onClick={() => setCorrecting(r)} aria-label={t("privacy.correct.of", { what: r.number ?? r.id })}>{t("privacy.correct")}</Button> }] : []),
            ]} />
          </Part>
        )}
        {of.from_sources.length > 0 && (
          <Part title={t("privacy.from.sources")}>
            <Quiet>{t("privacy.from.sources.about")}</Quiet>
            <Table<Told> fit label={t("privacy.from.sources")} rows={of.from_sources} id={keyOf} columns={[
              { name: "where", title: t("subject"), show: (r) => <Where of={r} /> }, { name: "fields", title: t("fields"), show: (r) => <Fields of={r} /> },
            ]} />
          </Part>
        )}
        {of.rows.length > 0 && (
          <Part title={t("privacy.rows")}>
            <Table fit label={t("privacy.rows")} rows={of.rows} id={(r) => r.table} columns={[
              { name: "table", title: t("privacy.table"), show: (r) => <span className="mono">{r.table}</span> },
              { name: "columns", title: t("columns"), show: (r) => <span className="mono">{r.columns.join(", ")}</span> },
              { name: "rows", title: t("rows"), align: "right", width: 100, show: (r) => number(r.rows) },
            ]} />
          </Part>
        )}
      </Panel>
      <Correcting of={correcting} reason={asked.reason} onClose={() => setCorrecting(undefined)} onDone={() => { setCorrecting(undefined); again(); }} />
    </div>
  );
}

/** The copy is made by the server and handed to the browser as a file: it is shown on no page. */
function Exporting({ asked }: { asked: Asking }) {
  const { t } = useSpeech();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const take = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const copy = await send<object>("POST", "/privacy/export", asked);
      const file = URL.createObjectURL(new Blob([JSON.stringify(copy, null, 1)], { type: "application/json" }));
      const anchor = Object.assign(document.createElement("a"), { href: file, download: `person-${new Date().toISOString().slice(0, 10)}.json` });
      anchor.click();
      URL.revokeObjectURL(file);
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(false);
  };
  return <><Problem of={problem} /><Button loading={busy} onClick={() => void take()}>{t("privacy.export")}</Button></>;
}
