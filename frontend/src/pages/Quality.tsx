import { useState } from "react";
import { useAsk, type Label } from "../api";
import { useSpeech, type Key } from "../i18n";
import { useCalled } from "../shell/names";
import { link } from "../shell/route";
import { useMay } from "../shell/session";
import { Head, Panel, Problem, Select, Table, Tag, Waiting, type Tone } from "../ui";
import { Gauge } from "./Home";

type Measured = { id: string; label: Label; entity: string; dimension: string; gate: string; checked: number; failed: number; corrected: number; rate: number };
type QualityData = { index: number | null; dimensions: { name: string; label: Label; index: number }[]; rules: Measured[] };
export const GATES: Record<string, Tone> = { block: "bad", quarantine: "warn", warn: "plain", correct: "good" };

export default function Quality() {
  const { t, word, number } = useSpeech();
  const asked = useAsk<QualityData>("/quality");
  const called = useCalled();
  const looks = useMay("quarantine:read");
  const [dimension, setDimension] = useState("");
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const rules = asked.data.rules.filter((r) => !dimension || r.dimension === dimension);
  return (
    <>
      <Head title={t("nav.quality")} about={t("quality.about")} />
      <Panel title={`${t("home.index")} ${asked.data.index === null ? "–" : `${asked.data.index.toFixed(2)}%`}`}>
        {asked.data.dimensions.map((d) => <Gauge key={d.name} name={word(d.label)} index={d.index} />)}
      </Panel>
      <Panel title={t("rules")}>
        <div className="bar">
          <Select style={{ width: 180 }} aria-label={t("dimension")} value={dimension} onChange={setDimension}
            options={[{ value: "", label: t("dimension.all") }, ...asked.data.dimensions.map((d) => ({ value: d.name, label: word(d.label) }))]} />
        </div>
        <Table<Measured> fit label={t("rules")} rows={rules} id={(r) => r.id} columns={[
          { name: "label", title: t("rule"), show: (r) => <>{word(r.label)}<div className="mono quiet break">{r.id}</div></> },
          { name: "entity", title: t("entity"), width: 190, show: (r) => <a href={link("dictionary", r.entity)}>{called(r.entity)}</a> },
          { name: "gate", title: t("gate"), width: 100, show: (r) => <Tag tone={GATES[r.gate] ?? "plain"}>{t(`gate.${r.gate}` as Key)}</Tag> },
          { name: "checked", title: t("checked"), align: "right", width: 90, show: (r) => number(r.checked) },
          { name: "failed", title: t("failed"), align: "right", width: 90, show: (r) => (r.failed && looks ? <a href={`${link(r.gate === "correct" ? "corrections" : "quarantine")}?rule=${encodeURIComponent(r.id)}`}>{number(r.failed)}</a> : number(r.failed)) },
        ]} />
      </Panel>
    </>
  );
}
