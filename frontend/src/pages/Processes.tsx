import { useAsk, type Label } from "../api";
import { useSpeech } from "../i18n";
import { useMine } from "../shell/inbox";
import { link } from "../shell/route";
import { Button, Head, Nothing, Panel, Problem, Table, Tag, Waiting } from "../ui";

export type Desk = {
  entity: string; label: Label; process: string; process_label: Label; area: string; area_label: Label; open: number; late: number; mine: number; acts: boolean; opens: boolean;
  states: { name: string; label: Label; terminal: boolean; count: number }[];
};

/** Every process with what stands where. */
export default function Processes() {
  const { t, word } = useSpeech();
  const asked = useAsk<{ items: Desk[] }>("/processes");
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const { items } = asked.data;
  return (
    <>
      <Head title={t("nav.processes")} about={t("processes.about")} />
      {[...new Set(items.map((d) => d.area))].map((a) => (
        <Panel key={a} title={word(items.find((d) => d.area === a)?.area_label)}><Desks of={items.filter((d) => d.area === a)} /></Panel>
      ))}
      {items.length === 0 && <Panel><Nothing>{t("processes.none")}</Nothing></Panel>}
    </>
  );
}

/** Processes as rows: how many are open, late and wait for me, and how they lie over the states. */
export function Desks({ of }: { of: Desk[] }) {
  const { t, word, number } = useSpeech();
  const mine = useMine();
  return (
    <Table<Desk> fit label={t("nav.processes")} rows={of} id={(d) => d.entity} columns={[
      { name: "name", title: t("name"), width: 260, show: (d) => <a href={link("entities", d.entity)}>{word(d.label)}</a> },
      { name: "open", title: t("desk.open"), align: "right", width: 70, show: (d) => number(d.open) },
      { name: "late", title: t("desk.late"), align: "right", width: 80, show: (d) => (d.late ? <Tag tone="bad">{number(d.late)}</Tag> : "0") },
      { name: "mine", title: t("desk.mine"), align: "right", width: 80, show: (d) => (mine(d.entity) ? <strong>{number(mine(d.entity))}</strong> : "0") },
      { name: "states", title: t("status"), show: (d) => d.states.some((s) => s.count > 0) && (
        <span className="spread">{d.states.filter((s) => s.count > 0).map((s) => (
          <a key={s.name} href={`${link("entities", d.entity)}?view=list&filter=${encodeURIComponent(`_state:eq:${s.name}`)}`}>{word(s.label)} {number(s.count)}</a>
        ))}</span>
      ) },
      { name: "new", title: t("action"), width: 80, show: (d) => d.opens && <Button size="small" href={`${link("entities", d.entity)}?new=1`}>{t("new")}</Button> },
    ]} />
  );
}
