import { lazy, Suspense, useEffect, useState } from "react";
import { address, get, query, useAsk, type Label } from "../api";
import type { GraphEdge, GraphNode } from "../graph/drawn";
import { useSpeech } from "../i18n";
import { go, link, type Route } from "../shell/route";
import { Button, Head, Input, Nothing, Panel, Problem, Select, Table, Tabs, Tag, Waiting } from "../ui";

const TraceGraph = lazy(() => import("../graph/TraceGraph"));

type Customer = { id: string; code: string | null; name: string | null; units: number; shipped: number; returned: number; used: number; destroyed: number; outstanding: number };
type Unit = { id: string; item: string; number: string; carton: string | null; shipment: string | null; customer_code: string | null; customer_name: string | null };
type Lot = { id: string; item: string; item_name: string | null; number: string; kind: string; supplier: string | null };
type Answer = {
  question: { item: string; lot: string; direction: string; release: string }; milliseconds: number;
  counts: { kind: string; label: Label; count: number }[]; customers: Customer[]; units: Unit[]; units_total: number; lots: Lot[];
  unresolved: { id: string; reason: string }[]; graph: { nodes: GraphNode[]; edges: GraphEdge[] };
};
type Suggestion = { item: string; item_name: string | null; lot: string; kind: string };

export default function Trace({ route }: { route: Route }) {
  const { t } = useSpeech();
  const item = route.search.get("item");
  const lot = route.search.get("lot");
  const direction = route.search.get("direction") ?? "down";
  return (
    <>
      <Head title={t("nav.trace")} about={t("trace.about")} />
      <Panel><Ask item={item} lot={lot} direction={direction} /></Panel>
      {item && lot ? <Result item={item} lot={lot} direction={direction} /> : <Panel><Nothing>{t("trace.begin")}</Nothing></Panel>}
    </>
  );
}

function Ask({ item, lot, direction }: { item: string | null; lot: string | null; direction: string }) {
  const { t } = useSpeech();
  const [way, setWay] = useState(direction);
  const [theItem, setItem] = useState(item ?? "");
  const [theLot, setLot] = useState(lot ?? "");
  const [found, setFound] = useState<Suggestion[]>([]);
  useEffect(() => { setItem(item ?? ""); setLot(lot ?? ""); setWay(direction); }, [item, lot, direction]);
  const wanted = theLot || theItem;
  useEffect(() => {
    if (wanted.length < 2 || (theItem === item && theLot === lot)) return setFound([]);
    const abort = new AbortController();
    const timer = setTimeout(() => {
      get<{ items: Suggestion[] }>(`/trace/suggest${query({ q: wanted })}`, abort.signal).then((a) => setFound(a.items), () => setFound([]));
    }, 200);
    return () => { clearTimeout(timer); abort.abort(); };
  }, [wanted, theItem, theLot, item, lot]);
  const ask = (i: string, l: string, w: string) => { if (i && l) go(`${link("trace")}${query({ item: i, lot: l, direction: w })}`); };
  return (
    <form onSubmit={(e) => { e.preventDefault(); ask(theItem.trim(), theLot.trim(), way); }} aria-label={t("trace.question")}>
      <div className="bar">
        <label>{t("trace.lot")} <Input style={{ width: 200 }} value={theLot} onChange={(e) => setLot(e.target.value)} /></label>
        <label>{t("trace.item")} <Input style={{ width: 170 }} value={theItem} onChange={(e) => setItem(e.target.value)} /></label>
        <Select style={{ width: 200 }} aria-label={t("trace.direction")} value={way} onChange={setWay}
          options={(["down", "up", "both"] as const).map((d) => ({ value: d, label: t(`direction.${d}`) }))} />
        <Button type="primary" htmlType="submit" disabled={!theItem || !theLot}>{t("trace.ask")}</Button>
      </div>
      {found.length > 0 && (
        <ul className="bar" style={{ listStyle: "none", padding: 0, margin: 0 }} aria-label={t("trace.suggestions")}>
          {found.slice(0, 8).map((s) => (
            <li key={s.item + s.lot + s.kind}>
              <Button size="small" onClick={() => ask(s.item, s.lot, way)}>{s.item} {s.item_name ?? ""} · {s.lot}</Button>
            </li>
          ))}
        </ul>
      )}
    </form>
  );
}

function Result({ item, lot, direction }: { item: string; lot: string; direction: string }) {
  const { t, word, number } = useSpeech();
  const wanted = query({ item, lot, direction });
  const asked = useAsk<Answer>(`/trace${wanted}`);
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const answer = asked.data;
  const sum = (name: "shipped" | "returned" | "used" | "destroyed" | "outstanding") => answer.customers.reduce((n, c) => n + c[name], 0);
  return (
    <>
      <div className="cards">
        {answer.counts.map((c) => (
          <div key={c.kind} className="card"><div className="name">{word(c.label)}</div><div className="value">{number(c.count)}</div></div>
        ))}
        <div className="card"><div className="name">{t("trace.time")}</div><div className="value">{answer.milliseconds.toFixed(1)} ms</div></div>
      </div>
      {answer.unresolved.length > 0 && (
        <Panel title={t("trace.unresolved", { n: number(answer.unresolved.length) })}>
          <ul>{answer.unresolved.map((u) => <li key={u.id}><span className="mono">{u.id}</span> {u.reason}</li>)}</ul>
        </Panel>
      )}
      <div className="split">
        <Panel title={t("trace.list")}>
          <Tabs items={[
            { key: "customers", label: `${t("trace.customers")} ${number(answer.customers.length)}`, children: (
              <>
                <p className="quiet">{t("trace.balance", { shipped: number(sum("shipped")), returned: number(sum("returned")), used: number(sum("used")), destroyed: number(sum("destroyed")), outstanding: number(sum("outstanding")) })}</p>
                <Table<Customer> fit label={t("trace.customers")} rows={answer.customers} id={(c) => c.id} empty={<Nothing>{t("trace.customers.none")}</Nothing>} columns={[
                  { name: "name", title: t("customer"), show: (c) => <a href={link("entities", "customer", c.id)}>{c.name ?? c.code ?? c.id}</a> },
                  { name: "shipped", title: t("shipped"), align: "right", show: (c) => number(c.shipped) },
                  { name: "returned", title: t("returned"), align: "right", show: (c) => number(c.returned) },
                  { name: "used", title: t("used"), align: "right", show: (c) => number(c.used) },
                  { name: "destroyed", title: t("destroyed"), align: "right", show: (c) => number(c.destroyed) },
                  { name: "outstanding", title: t("outstanding"), align: "right", show: (c) => <strong>{number(c.outstanding)}</strong> },
                ]} />
              </>
            ) },
            { key: "units", label: `${t("trace.units")} ${number(answer.units_total)}`, children: (
              <>
                {answer.units_total > answer.units.length && <p className="quiet">{t("trace.units.some", { n: number(answer.units.length), total: number(answer.units_total) })}</p>}
                <Table<Unit> fit label={t("trace.units")} rows={answer.units} id={(u) => u.id} columns={[
                  { name: "number", title: t("serial"), show: (u) => <span className="mono">{u.number}</span> },
                  { name: "item", title: t("item"), show: (u) => u.item },
                  { name: "carton", title: t("carton"), show: (u) => u.carton ?? "–" },
                  { name: "place", title: t("place"), show: (u) => u.customer_name ?? u.customer_code ?? <Tag>{t("trace.instock")}</Tag> },
                ]} />
              </>
            ) },
            { key: "lots", label: `${t("trace.lots")} ${number(answer.lots.length)}`, children: (
              <Table<Lot> fit label={t("trace.lots")} rows={answer.lots} id={(l) => l.id} columns={[
                { name: "number", title: t("trace.lot"), show: (l) => <a href={`${link("trace")}${query({ item: l.item, lot: l.number, direction: "both" })}`} className="mono">{l.number}</a> },
                { name: "item", title: t("item"), show: (l) => `${l.item} ${l.item_name ?? ""}` },
                { name: "supplier", title: t("supplier"), show: (l) => l.supplier ?? "" },
              ]} />
            ) },
          ]} />
          <p><Button href={address(`/trace.csv${wanted}`)}>{t("trace.export")}</Button></p>
        </Panel>
        <Panel title={t("trace.graph")}>
          <Suspense fallback={<Waiting />}><TraceGraph nodes={answer.graph.nodes} edges={answer.graph.edges} lot={lot} /></Suspense>
          <p className="quiet">{t("trace.graph.about")}</p>
        </Panel>
      </div>
    </>
  );
}
