import { useState, type ReactNode } from "react";
import { address, send, useAsk, type Label, type Objection } from "../api";
import { useSpeech, type Key } from "../i18n";
import { Reasoned } from "../shell/Reasoned";
import { link } from "../shell/route";
import { useMay, useSession } from "../shell/session";
import { Button, Facts, Head, Modal, Nothing, Objections, Pager, Panel, Problem, Quiet, Segmented, Table, Waiting } from "../ui";
import { Standing, type Destroyed } from "./standing";

type Item = { record: string; key: string | null; due_on: string; inputs: Record<string, unknown>; status: string; because: Objection[] | null };
type Whole = Omit<Destroyed, "counts"> & { items: Item[]; names: Record<string, Label> };
const PAGE = 50;

/** A proposal with every record in it: why each may go or stays, who proposed, who decided, what was destroyed. */
export function Destruction({ id }: { id: string }) {
  const { t, word, moment } = useSpeech();
  const asked = useAsk<Whole>(`/retention/destructions/${encodeURIComponent(id)}`);
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const one = asked.data;
  const act = (who: string | null, at: string | null, more?: string | null): ReactNode => (who ? <>{who} <span className="quiet moment">{at && moment(at)}</span>{more && <div>{more}</div>}</> : "–");
  return (
    <>
      <p className="crumb"><a href="#/retention">← {t("nav.retention")}</a></p>
      <Head title={t("retention.of", { what: word(one.label) || one.entity })} about={<span className="mono">{one.id}</span>}>
        <Standing of={one.status} />
        {one.status === "executed" && <Button href={address(`/retention/destructions/${one.id}/record`)} download>{t("retention.download")}</Button>}
      </Head>
      <Panel>
        <Facts of={[
          [t("retention.rule"), word(one.rule)], [t("retention.due.by"), one.due_by],
          [t("retention.proposed.by"), act(one.proposed_by, one.proposed_at)], [t("retention.decided.by"), act(one.decided_by, one.decided_at, one.reason)],
          ...(one.executed_by ? [[t("retention.executed.by"), act(one.executed_by, one.executed_at)] as [string, ReactNode]] : []),
          ...(one.status === "executed" ? [
            [t("retention.method"), t(one.outcome && "files_removed" in one.outcome ? "retention.method.lake" : "retention.method.native")],
            [t("retention.destroyed"), one.records], [t("retention.hash"), <span className="mono">{one.keys_hash}</span>],
          ] as [string, ReactNode][] : []),
        ]} />
        <Doing of={one} onDone={asked.reload} />
      </Panel>
      <Items of={one} />
    </>
  );
}

type What = "approve" | "refuse" | "execute";

/** What the reader may do with it now, or for whom it waits. */
function Doing({ of, onDone }: { of: Whole; onDone: () => void }) {
  const { t, number } = useSpeech();
  const me = useSession().session?.username;
  const [proposes, decides] = [useMay("retention:propose"), useMay("retention:decide")];
  const [what, setWhat] = useState<What>();
  const going = of.items.filter((i) => i.status === "proposed").length;
  const done = () => { setWhat(undefined); onDone(); };
  return (
    <div style={{ marginTop: 16 }}>
      {of.status === "proposed" && (decides && me !== of.proposed_by ? (
        <div className="bar">
          <Button type="primary" disabled={!going} onClick={() => setWhat("approve")}>{t("retention.approve")}</Button>
          <Button onClick={() => setWhat("refuse")}>{t("retention.refuse")}</Button>
          {!going && <span className="quiet">{t("retention.all.spared")}</span>}
        </div>
      ) : <Quiet>{t(me === of.proposed_by ? "retention.waits.other" : "retention.waits")}</Quiet>)}
      {["approved", "executing"].includes(of.status) && (proposes
        ? <div className="bar"><Button danger type="primary" onClick={() => setWhat("execute")}>{t("retention.execute")}</Button></div>
        : <Quiet>{t("retention.waits.execution")}</Quiet>)}
      <Modal open={!!what} title={what && t(`retention.${what}` as Key)} footer={null} onCancel={() => setWhat(undefined)} destroyOnHidden>
        {what && <Asking id={of.id} what={what} about={t(`retention.${what}.about` as Key, { n: number(going) })} onDone={done} />}
      </Modal>
    </div>
  );
}

function Asking({ id, what, about, onDone }: { id: string; what: What; about: string; onDone: () => void }) {
  const { t } = useSpeech();
  const final = what === "execute";
  return (
    <>
      <p>{about}</p>
      <Reasoned label={t(`retention.${what}` as Key)} final={final} inPerson={what === "approve"} onDone={onDone}
        decide={(reason, proof) => send("POST", `/retention/destructions/${id}/${what}`, final ? undefined : { reason, ...proof })} />
    </>
  );
}

const KINDS = ["all", "proposed", "spared", "destroyed"] as const;

function Items({ of }: { of: Whole }) {
  const { t } = useSpeech();
  const [kind, setKind] = useState<string>("all");
  const [trail, setTrail] = useState<string[]>([]);
  const fitting = of.items.filter((i) => kind === "all" || i.status === kind);
  const from = Number(trail.at(-1) ?? 0);
  const count = (k: string) => (k === "all" ? of.items.length : of.items.filter((i) => i.status === k).length);
  const kinds = KINDS.filter((k) => k === "all" || count(k) > 0);
  return (
    <Panel title={t("retention.items")}>
      {kinds.length > 2 && (
        <div className="bar">
          <Segmented aria-label={t("status")} value={kind} onChange={(k) => { setKind(k); setTrail([]); }}
            options={kinds.map((k) => ({ value: k, label: `${t(k === "all" ? "all" : `retention.is.${k}`)} ${count(k)}` }))} />
        </div>
      )}
      <Table<Item> fit label={t("retention.items")} rows={fitting.slice(from, from + PAGE)} id={(i) => i.record} empty={<Nothing />} columns={[
        { name: "key", title: t("retention.record"), show: (i) => (i.status === "destroyed" ? <span className="mono">{i.record}</span> : <a href={link("entities", of.entity, i.record)}>{i.key ?? i.record}</a>) },
        { name: "due", title: t("retention.due.on"), width: 120, show: (i) => i.due_on },
        { name: "from", title: t("retention.from"), width: 220, show: (i) => <Counted of={i.inputs} names={of.names} /> },
        { name: "status", title: t("status"), width: 120, show: (i) => <Standing of={i.status} /> },
        { name: "because", title: t("retention.because"), show: (i) => (i.because?.length ? <Objections of={i.because} /> : <span className="quiet">{t(i.status === "destroyed" ? "retention.forgotten" : "retention.free")}</span>) },
      ]} />
      {fitting.length > PAGE && (
        <Pager trail={trail} next={from + PAGE < fitting.length ? String(from + PAGE) : null} total={fitting.length} shown={Math.min(PAGE, fitting.length - from)} onTrail={setTrail} />
      )}
    </Panel>
  );
}

/** What the rule counted from, as it was known. */
function Counted({ of, names }: { of: Record<string, unknown>; names: Record<string, Label> }) {
  const { word } = useSpeech();
  const known = Object.entries(of).filter(([, v]) => v !== null);
  if (!known.length) return <>–</>;
  return <>{known.map(([name, v]) => <div key={name}><span className="quiet">{word(names[name]) || name}:</span> {String(v)}</div>)}</>;
}
