import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { query, type Paged } from "../api";
import { useSpeech } from "../i18n";
import { Search } from "../meta/EntityList";
import { go, link, withSearch, type Route } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Head, Modal, Nothing, Pager, Panel, Problem, Select, Waiting } from "../ui";
import { usePages } from "../ui/usePages";
import type { Steward } from "./Care";
import { Became, Deciding } from "./Deciding";
import { Taking } from "./Decisions";
import { PairCard, type Doing } from "./PairCard";
import type { Lines, Made, Pair, Waits } from "./model";

const LETTERS: Record<string, Doing> = { m: "merge", n: "split", u: "end" };
const STEPS: Record<string, number> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

/** Pairs that may be one, the likeliest first, worked through one after the other: after a decision the next one is in front. */
export function Queue({ entity, route, kinds }: { entity: string; route: Route; kinds: Waits[] }) {
  const { t, word } = useSpeech();
  const q = route.search.get("q") ?? "";
  const kind = route.search.get("kind") ?? "";
  const sort = route.search.get("sort") ?? "";
  const mine = route.search.get("mine");
  const { asked, trail, setTrail } = usePages<Pair>(`/stewardship/${entity}/pairs${query({ q, kind, sort, mine, limit: 20 })}`);
  const told = asked.data as (Paged<Pair> & { lines: Lines; stewards: Steward[] }) | undefined;
  const lines = told?.lines ?? null;
  const of = kinds.find((k) => k.entity === entity);
  return (
    <>
      <p><a href={link("masters", entity)}>← {t("masters.list")}</a></p>
      <Head title={t("steward.queue")} about={of && word(of.label)}>
        <Button href={link("masters", "decisions")}>{t("steward.decisions")}</Button>
      </Head>
      <nav className="bar" aria-label={t("steward.of")}>
        {kinds.map((k) => <Button key={k.entity} href={link("masters", k.entity, "pairs")} type={k.entity === entity ? "primary" : "default"} aria-current={k.entity === entity ? "page" : undefined}>{word(k.label)} {k.pairs}</Button>)}
      </nav>
      <Panel>
        <div className="bar">
          <Search value={q} label={t("masters.search")} onSearch={(text) => go(withSearch(route, { q: text || null }))} />
          <Select style={{ width: 180 }} aria-label={t("steward.which")} value={kind} onChange={(v: string) => go(withSearch(route, { kind: v || null }))}
            options={[{ value: "", label: t("steward.which.all") }, { value: "pair", label: t("steward.which.pair") }, { value: "conflict", label: t("steward.which.conflict") }]} />
          <Select style={{ width: 150 }} aria-label={t("care.sort")} value={sort} onChange={(v: string) => go(withSearch(route, { sort: v || null }))}
            options={[{ value: "", label: t("care.sort.score") }, { value: "due", label: t("care.sort.due") }]} />
          <Button aria-pressed={!!mine} type={mine ? "primary" : "default"} onClick={() => go(withSearch(route, { mine: mine ? null : "true" }))}>{t("care.mine")}</Button>
        </div>
        <Problem of={asked.problem} retry={asked.reload} />
        {!asked.data && !asked.problem && <Waiting />}
        {asked.data && (asked.data.items.length === 0 ? <Nothing>{t(q || kind || mine ? "nothing" : "steward.queue.none")}</Nothing>
          : <Work key={trail.length} entity={entity} pairs={asked.data.items} lines={lines} stewards={told?.stewards ?? []} onDecided={asked.reload} />)}
        <Pager trail={trail} next={asked.data?.next ?? null} total={asked.data?.total} shown={asked.data?.items.length ?? 0} onTrail={setTrail} />
      </Panel>
    </>
  );
}

/** The next pair after one that nobody has decided about; the one itself where all are decided. */
const following = (pairs: Pair[], id: string): string => {
  const at = pairs.findIndex((p) => p.id === id);
  return [...pairs.slice(at + 1), ...pairs.slice(0, at)].find((p) => !p.decision)?.id ?? id;
};

function Work({ entity, pairs, lines, stewards, onDecided }: { entity: string; pairs: Pair[]; lines: Lines | null; stewards: Steward[]; onDecided: () => void }) {
  const { t } = useSpeech();
  const decides = useMay("masters:decide");
  const list = useRef<HTMLOListElement>(null);
  const [chosen, setFront] = useState<string>();
  const front = (pairs.find((p) => p.id === chosen) ?? pairs.find((p) => !p.decision) ?? pairs[0])!.id;
  const [doing, setDoing] = useState<{ pair: Pair; what: Doing }>();
  const [became, setBecame] = useState<Made>();
  const chord = useRef(false); // `g` and a letter goes to a page: the letter is not for the pair
  const focus = () => list.current?.querySelector<HTMLElement>("[data-front]")?.focus();
  useEffect(() => { if (!document.activeElement?.matches("input, textarea")) focus(); }, []);
  const begin = (pair: Pair, what: Doing) => {
    if (decides && (what === "end") === !!pair.decision) { setBecame(undefined); setDoing({ pair, what }); }
  };
  const done = (made?: Made) => {
    if (doing && doing.what !== "end") setFront(following(pairs, doing.pair.id));
    setDoing(undefined);
    setBecame(made);
    onDecided();
  };
  const hear = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const pair = pairs.find((p) => p.id === front);
    const was = chord.current;
    chord.current = event.key === "g";
    if (was || !pair) return;
    const step = STEPS[event.key];
    const letter = LETTERS[event.key];
    if (step) {
      const to = pairs[pairs.indexOf(pair) + step];
      event.preventDefault();
      if (to) { setFront(to.id); requestAnimationFrame(focus); }
    } else if (letter) {
      event.preventDefault();
      begin(pair, letter);
    } else if (event.key === "Enter" && (event.target as HTMLElement).matches("[data-front]")) {
      go(link("masters", entity, "pairs", ...pair.sides.map((s) => s.golden_id)));
    }
  };
  const said = doing && doing.what !== "end" ? { kind: doing.what, golden: doing.pair.sides.map((s) => s.golden_id) } : undefined;
  const names = doing?.pair.sides.map((s) => s.name || s.golden_id).join(" + ");
  return (
    <>
      <Became of={became} />
      <p className="quiet keys"><kbd>j</kbd> <kbd>k</kbd> {t("steward.keys.move")}{decides && <> · <kbd>m</kbd> {t("steward.do.merge")} · <kbd>n</kbd> {t("steward.apart")} · <kbd>u</kbd> {t("steward.end")}</>} · <kbd>Enter</kbd> {t("steward.beside")}</p>
      <ol className="plain pairs" ref={list} aria-label={t("steward.queue")} onKeyDown={hear}>
        {pairs.map((p) => (
          <PairCard key={p.id} entity={entity} of={p} lines={lines} front={p.id === front} decides={decides} onFront={() => setFront(p.id)} onDo={(what) => begin(p, what)} stewards={stewards} onCared={onDecided} />
        ))}
      </ol>
      {pairs.every((p) => p.decision) && <p role="note">{t("steward.page.done")}</p>}
      <Deciding open={!!said} entity={entity} said={said} kind={said?.kind ?? "merge"} title={`${t(said?.kind === "split" ? "steward.apart" : "steward.do.merge")}: ${names ?? ""}`}
        onClose={() => setDoing(undefined)} afterClose={focus} onDone={done} />
      <Modal open={doing?.what === "end"} title={`${t("steward.end")}: ${names ?? ""}`} footer={null} onCancel={() => setDoing(undefined)} afterClose={focus} destroyOnHidden>
        {doing?.pair.decision && <Taking of={doing.pair.decision} step="end" onDone={() => done()} />}
      </Modal>
    </>
  );
}
