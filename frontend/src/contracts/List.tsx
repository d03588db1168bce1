import { useState } from "react";
import { address, useAsk } from "../api";
import { useSpeech } from "../i18n";
import { go, link, withSearch, type Route } from "../shell/route";
import { Button, Head, Input, Nothing, Panel, Problem, Table, Tabs, Tag, Waiting } from "../ui";
import { Keeping } from "./Keeping";
import { Others } from "./Others";
import { Verdict } from "./Differences";
import type { Line } from "./model";

type Listed = { items: Line[]; gone: { subject: string; version: string; release: string }[] };

/** Every contract; those of others; the catalogue for other tools. */
export function List({ route }: { route: Route }) {
  const { t } = useSpeech();
  const [keeping, setKeeping] = useState(false);
  const [round, setRound] = useState(0);
  const may = useAsk<{ keeps: boolean }>("/contracts-of-others");
  return (
    <>
      <Head title={t("nav.contracts")} about={t("contracts.about")}>
        {may.data?.keeps && <Button type="primary" onClick={() => setKeeping(true)}>{t("contracts.import")}</Button>}
      </Head>
      <Panel>
        <Tabs activeKey={route.search.get("tab") ?? "ours"} onChange={(tab) => go(withSearch(route, { tab }))} items={[
          { key: "ours", label: t("contracts.ours"), children: <Ours /> }, { key: "others", label: t("contracts.others"), children: <Others round={round} /> },
          { key: "exports", label: t("contracts.exports"), children: <Exports /> },
        ]} />
      </Panel>
      {keeping && <Keeping onClose={() => setKeeping(false)} onDone={() => { setKeeping(false); setRound((n) => n + 1); go(withSearch(route, { tab: "others" })); }} />}
    </>
  );
}

function Ours() {
  const { t, word, number } = useSpeech();
  const asked = useAsk<Listed>("/contracts");
  const [sought, setSought] = useState("");
  const rows = (asked.data?.items ?? []).filter((c) => `${c.subject} ${c.label.zh} ${c.label.en}`.toLowerCase().includes(sought.trim().toLowerCase()));
  if (asked.loading) return <Waiting />;
  const moving = rows.filter((c) => c.verdict);
  return (
    <>
      <Problem of={asked.problem} retry={asked.reload} />
      <div className="bar"><Input style={{ maxWidth: 280 }} allowClear aria-label={t("contracts.find")} placeholder={t("contracts.find")} value={sought} onChange={(e) => setSought(e.target.value)} />
        {asked.data && <span className="quiet" role="status">{t("contracts.sum", { n: number(rows.length), moving: number(moving.length) })}</span>}</div>
      <Table<Line> fit label={t("contracts.ours")} rows={[...moving, ...rows.filter((c) => !c.verdict)]} id={(c) => c.subject} empty={<Nothing>{t("contracts.none")}</Nothing>} columns={[
        { name: "label", title: t("name"), width: 190, show: (c) => <a href={link("contracts", c.subject)}>{word(c.label)}</a> }, { name: "subject", title: t("technical"), width: 190, show: (c) => <span className="mono break">{c.subject}</span> },
        { name: "kind", title: t("kind"), width: 90, show: (c) => t(`dictionary.kind.${c.kind}`) }, { name: "owner", title: t("owner"), width: 120, show: (c) => word(c.owner_label) },
        { name: "version", title: t("contracts.version"), width: 90, show: (c) => <span className="mono">{c.version ?? "–"}</span> },
        { name: "pending", title: t("contracts.pending"), width: 200, show: (c) => c.verdict && <><span className="mono">→ {c.next}</span> <Verdict of={c.verdict} /> <Tag>{number(c.differences)}</Tag></> },
      ]} />
      {(asked.data?.gone.length ?? 0) > 0 && <p className="quiet">{t("contracts.gone")}: <span className="mono">{asked.data?.gone.map((g) => `${g.subject} ${g.version}`).join(", ")}</span></p>}
    </>
  );
}

const FORMS = ["datahub", "openmetadata", "dcat"] as const;

function Exports() {
  const { t } = useSpeech();
  return (
    <dl>{FORMS.map((form) => (
      <div key={form} className="part">
        <dt><strong>{t(`contracts.export.${form}`)}</strong></dt>
        <dd><p>{t(`contracts.export.${form}.about`)}</p><Button href={address(`/catalogue-exports/${form}`)}>{t("contracts.download")}</Button></dd>
      </div>
    ))}</dl>
  );
}
