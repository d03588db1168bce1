import { useAsk } from "../api";
import { useSpeech } from "../i18n";
import { link } from "../shell/route";
import { Button, Head, Panel, Problem, Table, Tag, Waiting } from "../ui";
import type { Desk, Kind, Waits } from "./model";

/** Each kind of master: what there is of it, and what waits for a steward. */
export function Kinds() {
  const { t, word, number } = useSpeech();
  const asked = useAsk<{ items: Kind[] }>("/masters");
  const desk = useAsk<Desk>("/stewardship");
  const problem = asked.problem ?? desk.problem;
  if (problem) return <Problem of={problem} retry={() => { asked.reload(); desk.reload(); }} />;
  if (!asked.data || !desk.data) return <Waiting />;
  const waits = new Map(desk.data.items.map((w): [string, Waits] => [w.entity, w]));
  const decisions = desk.data.items.reduce((n, w) => n + w.asked, 0);
  const first = [...desk.data.items].sort((a, b) => b.pairs - a.pairs)[0];
  const count = (n: number, href: string) => (n ? <a href={href}><Tag tone="busy">{number(n)}</Tag></a> : number(0));
  return (
    <>
      <Head title={t("nav.masters")} about={t("masters.about")}>
        <Button href={link("masters", "decisions")}>{t("steward.decisions")}{decisions > 0 && ` ${number(decisions)}`}</Button>
        {first && first.pairs > 0 && <Button type="primary" href={link("masters", first.entity, "pairs")}>{t("steward.queue")}</Button>}
      </Head>
      <Panel>
        <Table<Kind> fit label={t("nav.masters")} rows={asked.data.items} id={(d) => d.entity} columns={[
          { name: "name", title: t("name"), show: (d) => <a href={link("masters", d.entity)}>{word(d.label)}</a> },
          { name: "records", title: t("masters.records"), align: "right", show: (d) => number(d.records) },
          { name: "golden", title: t("masters.golden"), align: "right", show: (d) => number(d.golden) },
          { name: "merged", title: t("masters.merged"), align: "right", show: (d) => number(d.merged) },
          { name: "differ", title: t("masters.differ"), align: "right", show: (d) => (d.conflicts ? <a href={`${link("masters", d.entity)}?conflicts=true`}>{number(d.conflicts)}</a> : number(0)) },
          { name: "pairs", title: t("steward.queue"), align: "right", show: (d) => count(waits.get(d.entity)?.pairs ?? 0, link("masters", d.entity, "pairs")) },
          { name: "clash", title: t("steward.conflicts"), align: "right", show: (d) => count(waits.get(d.entity)?.conflicts ?? 0, `${link("masters", d.entity, "pairs")}?kind=conflict`) },
          { name: "asked", title: t("steward.status.asked"), align: "right", show: (d) => count(waits.get(d.entity)?.asked ?? 0, `${link("masters", "decisions")}?entity=${d.entity}`) },
        ]} />
      </Panel>
    </>
  );
}
