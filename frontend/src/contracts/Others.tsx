import { useState } from "react";
import { address, query, send, useAsk } from "../api";
import { useSpeech } from "../i18n";
import { Reasoned } from "../shell/Reasoned";
import { go, link } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Facts, Head, Modal, Nothing, Panel, Problem, Table, Tag, Waiting } from "../ui";
import { Checked, Verdict } from "./Differences";
import type { Check, Other, Suggested, Verdict as Found } from "./model";

/** Contracts of consumers and sources that are kept. */
export function Others({ round }: { round: number }) {
  const { t, word, moment } = useSpeech();
  const asked = useAsk<{ items: (Other & { verdict: Found })[] }>("/contracts-of-others", round);
  return (
    <>
      <p className="quiet">{t("contracts.others.about")}</p>
      <Problem of={asked.problem} retry={asked.reload} />
      <Table fit label={t("contracts.others")} rows={asked.data?.items ?? []} id={(o) => o.name} loading={asked.loading} empty={<Nothing>{t("contracts.others.none")}</Nothing>} columns={[
        { name: "name", title: t("name"), width: 180, show: (o) => <a className="mono break" href={link("contracts", "others", o.name)}>{o.name}</a> }, { name: "kind", title: t("kind"), width: 100, show: (o) => t(`contracts.part.${o.kind}`) },
        { name: "subject", title: t("contracts.of"), width: 180, show: (o) => <span className="mono break">{o.subject}</span> },
        { name: "verdict", title: t("contracts.verdict"), width: 130, show: (o) => <><Verdict of={o.verdict} /> {o.blocks && <Tag tone="warn">{t("contracts.blocks")}</Tag>}</> },
        { name: "owner", title: t("owner"), width: 120, show: (o) => word(o.owner_label) }, { name: "at", title: t("contracts.kept"), width: 160, show: (o) => <>{o.kept_by}<div className="quiet">{o.at ? moment(o.at) : ""}</div></> },
      ]} />
    </>
  );
}

/** One of them: how it stands, and the rules that it suggests. */
export function OtherPage({ name }: { name: string }) {
  const { t, word, moment } = useSpeech();
  const keeps = useMay("contracts:keep");
  const accepts = useMay("models:apply");
  const [ending, setEnding] = useState(false);
  const path = `/contracts-of-others/${encodeURIComponent(name)}`;
  const asked = useAsk<Other & { check: Check }>(path);
  if (asked.problem) return <><Head title={t("nav.contracts")} /><Problem of={asked.problem} retry={asked.reload} /></>;
  if (!asked.data) return <Waiting />;
  const o = asked.data;
  return (
    <>
      <p><a href="#/contracts?tab=others">← {t("contracts.others")}</a></p>
      <Head title={o.name} about={t(`contracts.part.${o.kind}.about`)}>
        <Verdict of={o.check.verdict} />
        <Button href={address(`${path}/document`)}>YAML</Button>
        {keeps && <Button danger onClick={() => setEnding(true)}>{t("contracts.drop")}</Button>}
      </Head>
      <Panel><Facts of={[
        [t("contracts.of"), o.kind === "consumer" ? <a className="mono" href={link("contracts", o.subject)}>{o.subject}</a> : <span className="mono">{o.subject}</span>], [t("owner"), word(o.owner_label)],
        [t("contracts.version"), `${o.version} · ODCS ${o.standard}`], [t("contracts.kept"), `${o.kept_by}${o.at ? ` · ${moment(o.at)}` : ""}`], ...(o.blocks ? [[t("contracts.blocks"), t("contracts.blocks.about")] as [string, string]] : []),
      ]} /></Panel>
      <Panel title={t("contracts.check")}><Checked of={o.check} /></Panel>
      {accepts && <Rules path={path} />}
      <Modal open={ending} title={t("contracts.drop")} footer={null} onCancel={() => setEnding(false)} destroyOnHidden>
        <Reasoned label={t("contracts.drop")} onDone={() => go("#/contracts?tab=others")} decide={(reason) => send("DELETE", `${path}${query({ reason })}`)} />
      </Modal>
    </>
  );
}

function Rules({ path }: { path: string }) {
  const { t, word, number } = useSpeech();
  const asked = useAsk<{ items: Suggested[] }>(`${path}/rules`);
  const [accepting, setAccepting] = useState<Suggested>();
  const accept = async (one: Suggested) => { await send("POST", `${path}/rules/${one.name}/accept`); };
  return (
    <Panel title={t("contracts.rules")}>
      <Problem of={asked.problem} retry={asked.reload} />
      <Table<Suggested> fit label={t("contracts.rules")} rows={asked.data?.items ?? []} id={(s) => s.name} loading={asked.loading} empty={<Nothing>{t("contracts.rules.none")}</Nothing>} columns={[
        { name: "label", title: t("name"), width: 260, show: (s) => <>{word(s.label)}<div className="mono quiet break">{s.name}</div></> },
        { name: "checked", title: t("contracts.rows"), width: 110, align: "right", show: (s) => number(s.checked) }, { name: "broken", title: t("contracts.broken"), width: 110, align: "right", show: (s) => <Tag tone={s.broken ? "bad" : "good"}>{number(s.broken)}</Tag> },
        { name: "do", title: t("action"), width: 110, show: (s) => <Button size="small" onClick={() => setAccepting(s)}>{t("contracts.accept")}</Button> },
      ]} />
      <Modal open={!!accepting} title={accepting && word(accepting.label)} okText={t("contracts.accept")} onCancel={() => setAccepting(undefined)} onOk={async () => { if (accepting) { await accept(accepting); setAccepting(undefined); asked.reload(); } }} destroyOnHidden>
        <p>{t("contracts.accept.about")}</p>
        <pre className="long">{accepting?.text}</pre>
      </Modal>
    </Panel>
  );
}
