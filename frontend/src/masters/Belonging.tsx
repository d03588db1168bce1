import { useAsk, type Label } from "../api";
import { useSpeech } from "../i18n";
import { link } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Nothing, Panel, Problem, Table, Tag } from "../ui";

export type LinkKind = { kind: string; child: Label; parent: Label };
export type Suggested = { id: string; kind: string; child: string; child_name: string; parent: string; parent_name: string };
type Linked = { golden_id: string; beside: string; name: string; kind: string; tier: "name" | "steward"; decision: number | null; valid_from: string | null; valid_until: string | null; depth: number };
type Around = { kinds: LinkKind[]; up: Linked[]; down: Linked[]; suggested: Suggested[] };
/** What is to be said: the lower one, in which way, under whom; the upper is open or given. */
export type Linking_ = { child: string; name: string; kind?: string; parent?: { id: string; name: string } };

/** What a golden record belongs under and what under it, with what told it; what names suggest. */
export function Belonging({ entity, id, name, onSay, round }: { entity: string; id: string; name: string; onSay: (of: Linking_) => void; round: number }) {
  const { t, word } = useSpeech();
  const decides = useMay("masters:decide");
  const asked = useAsk<Around>(`/masters/${entity}/${encodeURIComponent(id)}/hierarchy`, round);
  const kinds = asked.data?.kinds ?? [];
  if (asked.data && kinds.length === 0) return null;
  const called = (l: { kind: string }, way: "child" | "parent") => { const k = kinds.find((x) => x.kind === l.kind); return k ? word(k[way]) : l.kind; };
  const rows = [...(asked.data?.up ?? []).map((l) => ({ ...l, way: "parent" as const })).reverse(), ...(asked.data?.down ?? []).map((l) => ({ ...l, way: "child" as const }))];
  return (
    <Panel title={t("hierarchy.title")}>
      <Problem of={asked.problem} retry={asked.reload} />
      {decides && <p><Button size="small" onClick={() => onSay({ child: id, name })}>{t("hierarchy.say")}</Button></p>}
      {asked.data && rows.length === 0 && <Nothing>{t("hierarchy.none")}</Nothing>}
      {rows.length > 0 && <Table<(typeof rows)[number]> fit label={t("hierarchy.title")} rows={rows} id={(l) => `${l.way}${l.golden_id}${l.beside}${l.kind}`} columns={[
        { name: "way", title: t("hierarchy.way"), width: 190, show: (l) => <span style={{ paddingInlineStart: l.way === "child" ? (l.depth - 1) * 16 : 0 }}>{l.way === "parent" ? "↑" : "↓"} {called(l, l.way)}{l.depth > 1 && <span className="quiet"> · {t("hierarchy.depth", { n: l.depth })}</span>}</span> },
        { name: "name", title: t("name"), show: (l) => <><a href={link("masters", entity, l.golden_id)}>{l.name}</a><div className="mono quiet">{l.golden_id}</div></> },
        { name: "tier", title: t("hierarchy.by"), width: 170, show: (l) => <Tag tone={l.tier === "steward" ? "good" : "plain"}>{t(`hierarchy.tier.${l.tier}`)}{l.decision !== null && ` #${l.decision}`}</Tag> },
        { name: "dates", title: t("hierarchy.dates"), width: 190, show: (l) => (l.valid_from || l.valid_until ? <span className="moment">{l.valid_from ?? "…"} – {l.valid_until ?? "…"}</span> : <span className="quiet">{t("hierarchy.always")}</span>) },
      ]} />}
      {asked.data && asked.data.suggested.length > 0 && <Suggestions entity={entity} kinds={kinds} of={asked.data.suggested} onSay={onSay} />}
    </Panel>
  );
}

/** Links that names suggest, each to be confirmed or refused by a steward. */
export function Suggestions({ entity, kinds, of, onSay }: { entity: string; kinds: LinkKind[]; of: Suggested[]; onSay: (of: Linking_) => void }) {
  const { t, word } = useSpeech();
  const decides = useMay("masters:decide");
  const saying = (s: Suggested) => ({ child: s.child, name: s.child_name, kind: s.kind });
  return (
    <Table<Suggested> fit label={t("hierarchy.suggested")} rows={of} id={(s) => s.id} columns={[
      { name: "child", title: t("hierarchy.child"), show: (s) => <><a href={link("masters", entity, s.child)}>{s.child_name}</a><div className="mono quiet">{s.child}</div></> },
      { name: "kind", title: t("hierarchy.way"), width: 130, show: (s) => <Tag tone="busy">{word(kinds.find((k) => k.kind === s.kind)?.child ?? { zh: s.kind, en: s.kind })}?</Tag> },
      { name: "parent", title: t("hierarchy.parent"), show: (s) => <><a href={link("masters", entity, s.parent)}>{s.parent_name}</a><div className="mono quiet">{s.parent}</div></> },
      ...(decides ? [{ name: "do", title: t("action"), width: 200, show: (s: Suggested) => (
        <span className="bar steps-of">
          <Button size="small" type="primary" aria-label={`${t("hierarchy.confirm")}: ${s.child_name} → ${s.parent_name}`} onClick={() => onSay({ ...saying(s), parent: { id: s.parent, name: s.parent_name } })}>{t("hierarchy.confirm")}</Button>
          <Button size="small" aria-label={`${t("hierarchy.other")}: ${s.child_name}`} onClick={() => onSay(saying(s))}>{t("hierarchy.other")}</Button>
        </span>
      ) }] : []),
    ]} />
  );
}
