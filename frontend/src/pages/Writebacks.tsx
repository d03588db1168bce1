import { useState } from "react";
import { asProblem, query, send, useAsk, type Label, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { useCalled } from "../shell/names";
import { Reasoned } from "../shell/Reasoned";
import { go, link, withSearch, type Route } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Head, Modal, Nothing, Pager, Panel, Problem, Select, Table, Tag, type Tone } from "../ui";
import { usePages } from "../ui/usePages";

type Rule = {
  name: string; label: Label; to: string; of: string; way: "file" | "post" | "table" | "hand"; place: string | null; by_hand: Label | null; words: string[];
  checked_in: string | null; counts: Record<string, number>; open: number; failing: Label | null;
};
type Said = Record<string, string | number | null>;
type Item = {
  seq: number; id: string; rule: string; source: string; entity: string; record: string; payload: Said; state: string; state_label: Label; attempts: number; error: string | null;
  receipt: Said | null; found: Said | null; at: string; sent_at: string | null; settled_by: string | null; settled_why: string | null;
};
type Act = "retry" | "done" | "give_up";

const TONES: Record<string, Tone> = { waiting: "busy", by_hand: "warn", done: "good", confirmed: "good", drifted: "bad", refused: "bad", unsendable: "warn", superseded: "plain", given_up: "plain", noted: "plain" };
const ACTS: Record<string, Act[]> = { waiting: ["done", "give_up"], by_hand: ["done", "give_up"], drifted: ["retry", "done", "give_up"], refused: ["retry", "done", "give_up"], unsendable: ["done", "give_up"] };
const FOLDERS = ["open", "waiting", "done", "confirmed", ""] as const;

/** What is said to other systems: the rules, everything that was said with what became of it, and what waits for a person. */
export default function Writebacks({ route }: { route: Route }) {
  const { t } = useSpeech();
  const rules = useAsk<{ items: Rule[] }>("/writebacks/rules");
  const runs = useMay("runs:start");
  const [busy, setBusy] = useState(false);
  const [delivered, setDelivered] = useState<number>();
  const [problem, setProblem] = useState<ProblemError>();
  const [round, setRound] = useState(0);
  const write = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const done = await send<{ delivered: Record<string, number> }>("POST", "/writebacks/round");
      setDelivered(Object.values(done.delivered).reduce((a, b) => a + b, 0));
      rules.reload();
      setRound(round + 1);
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(false);
  };
  return (
    <>
      <Head title={t("nav.writebacks")} about={t("writebacks.about")}>{runs && !!rules.data?.items.length && <Button type="primary" loading={busy} onClick={() => void write()}>{t("writebacks.now")}</Button>}</Head>
      <Problem of={problem} />
      <div role="status">{delivered !== undefined && <p>{t("writebacks.delivered", { n: String(delivered) })}</p>}</div>
      <Rules asked={rules.data?.items} problem={rules.problem} reload={rules.reload} route={route} />
      <Items key={round} route={route} onDone={rules.reload} />
    </>
  );
}

function Rules({ asked, problem, reload, route }: { asked: Rule[] | undefined; problem: ProblemError | undefined; reload: () => void; route: Route }) {
  const { t, word, number } = useSpeech();
  const called = useCalled();
  return (
    <Panel title={t("writebacks.rules")}>
      <Problem of={problem} retry={reload} />
      {asked && (
        <Table<Rule> fit label={t("writebacks.rules")} rows={asked} id={(r) => r.name} empty={<Nothing>{t("writebacks.none")}</Nothing>} columns={[
          { name: "name", title: t("name"), show: (r) => <><a href={withSearch(route, { rule: r.name, state: "" })}>{word(r.label)}</a>{r.failing && <div className="why">▲ {word(r.failing)}</div>}</> },
          { name: "of", title: t("writebacks.of"), show: (r) => <a href={link("dictionary", r.of)}>{called(r.of)}</a> },
          { name: "to", title: t("writebacks.to"), show: (r) => <a href={link("sources", r.to)}>{r.to}</a> },
          { name: "way", title: t("writebacks.way"), show: (r) => <>{t(`writebacks.way.${r.way}`)}<div className="mono quiet break">{r.place ?? (r.by_hand && word(r.by_hand))}</div></> },
          { name: "open", title: t("writebacks.open"), align: "right", width: 110, show: (r) => (r.open ? <Tag tone="warn">{number(r.open)}</Tag> : number(0)) },
          { name: "done", title: t("writebacks.done"), align: "right", width: 110, show: (r) => number((r.counts.done ?? 0) + (r.counts.confirmed ?? 0)) },
        ]} />
      )}
    </Panel>
  );
}

function Items({ route, onDone }: { route: Route; onDone: () => void }) {
  const { t, word, moment } = useSpeech();
  const called = useCalled();
  const may = useMay("runs:start");
  const state = route.search.get("state") ?? "open";
  const rule = route.search.get("rule");
  const { asked, trail, setTrail } = usePages<Item>(`/writebacks${query({ state, rule, limit: 30 })}`);
  const [settling, setSettling] = useState<{ id: string; act: Act }>();
  const said = (values: Said | null) => Object.entries(values ?? {}).map(([k, v]) => <div key={k} className="mono break"><span className="quiet">{k}</span> {String(v ?? "∅")}</div>);
  return (
    <Panel title={t("writebacks.items")}>
      <div className="bar">
        <Select style={{ width: 200 }} aria-label={t("status")} value={state} onChange={(v: string) => go(withSearch(route, { state: v }))} options={FOLDERS.map((f) => ({ value: f, label: t(`writebacks.folder.${f || "all"}`) }))} />
        {rule && <Button size="small" onClick={() => go(withSearch(route, { rule: null }))}>{rule} ×</Button>}
      </div>
      <Problem of={asked.problem} retry={asked.reload} />
      {!asked.problem && (
        <Table<Item> fit label={t("writebacks.items")} rows={asked.data?.items ?? []} id={(i) => i.id} loading={asked.loading} empty={asked.loading ? <span /> : <Nothing>{t(state === "open" ? "writebacks.nothing.open" : "nothing.found")}</Nothing>} columns={[
          { name: "what", title: t("writebacks.what"), show: (i) => <>{called(i.entity)} <span className="mono break">{i.record}</span><div className="quiet">{i.rule} · {moment(i.at)}</div></> },
          { name: "payload", title: t("writebacks.payload"), show: (i) => said(i.payload) },
          { name: "state", title: t("status"), width: 150, show: (i) => <><Tag tone={TONES[i.state] ?? "plain"}>{word(i.state_label)}</Tag>{i.settled_why && <div className="quiet">{i.settled_why}</div>}</> },
          { name: "told", title: t("writebacks.told"), show: (i) => <>{i.error && <div className="why">{i.error}</div>}{i.state === "drifted" ? said(i.found) : said(i.receipt)}</> },
          ...(may ? [{ name: "acts", title: "", width: 220, show: (i: Item) => <div className="bar">{(ACTS[i.state] ?? []).map((a) => <Button key={a} size="small" onClick={() => setSettling({ id: i.id, act: a })}>{t(`writebacks.act.${a}`)}</Button>)}</div> }] : []),
        ]} />
      )}
      <Pager trail={trail} next={asked.data?.next ?? null} total={asked.data?.total} shown={asked.data?.items.length ?? 0} onTrail={setTrail} />
      <Modal open={settling !== undefined} title={settling && t(`writebacks.act.${settling.act}`)} footer={null} onCancel={() => setSettling(undefined)} destroyOnHidden>
        {settling && <Reasoned label={t(`writebacks.act.${settling.act}`)} onDone={() => { setSettling(undefined); asked.reload(); onDone(); }} decide={(reason) => send("POST", `/writebacks/${settling.id}`, { act: settling.act, reason })} />}
      </Modal>
    </Panel>
  );
}
