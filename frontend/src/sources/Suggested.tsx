import { useState } from "react";
import { asProblem, send, type Label, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { useCalled } from "../shell/names";
import { Button, Nothing, Panel, Problem, Select, Table, Tag } from "../ui";

type Field = { field: string; column: string; fit: number; why: Label[]; codes: Record<string, string> };
type Suggestion = { entity: string; fit: number; fields: Field[]; lacking: string[] };
type Told = { columns: { name: string; mapped: boolean }[]; items: Suggestion[] };

/** Which columns may fill which fields, and why; a person puts one into the mapping, or does not. */
export function Suggested({ source, table, text, onText }: { source: string; table: string; text: string; onText: (text: string) => void }) {
  const { t, word, number } = useSpeech();
  const called = useCalled();
  const [told, setTold] = useState<Told>();
  const [entity, setEntity] = useState<string>();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const asking = async (ask: () => Promise<void>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await ask();
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(false);
  };
  const look = () => asking(async () => {
    const found = await send<Told>("POST", `/sources/${source}/mapping/suggestions`, { text, table });
    setTold(found);
    setEntity(found.items[0]?.entity);
  });
  const accept = (field: string, column: string) => asking(async () => {
    onText((await send<{ text: string }>("POST", `/sources/${source}/mapping/accepted`, { text, table, entity, field, column })).text);
  });
  const chosen = told?.items.find((i) => i.entity === entity);
  const free = told?.columns.filter((c) => !c.mapped).map((c) => c.name) ?? [];
  return (
    <Panel title={t("suggest")}>
      <div className="bar">
        <Button loading={busy} onClick={() => void look()}>{t("suggest.ask")}</Button>
        {told && told.items.length > 0 && <Select style={{ width: 260 }} aria-label={t("entity")} value={entity} onChange={setEntity} options={told.items.map((i) => ({ value: i.entity, label: `${called(i.entity)} · ${number(Math.round(i.fit * 100))} %` }))} />}
        <span className="quiet">{t("suggest.about")}</span>
      </div>
      <Problem of={problem} />
      {told && !chosen && <Nothing>{t("suggest.none")}</Nothing>}
      {chosen && (
        <Table<Field> fit label={t("suggest")} rows={chosen.fields} id={(f) => f.field} columns={[
          { name: "field", title: t("field"), show: (f) => f.field },
          { name: "column", title: t("sources.column"), show: (f) => <><span className="mono break">{f.column}</span>{free.includes(f.column) && <> <Tag tone="warn">{t("suggest.free")}</Tag></>}</> },
          { name: "why", title: t("suggest.why"), show: (f) => <>{f.why.map(word).join(", ")}{Object.entries(f.codes).map(([v, c]) => <div key={v} className="mono quiet">{v} → {c}</div>)}</> },
          { name: "fit", title: t("suggest.fit"), align: "right", width: 90, show: (f) => `${number(Math.round(f.fit * 100))} %` },
          { name: "accept", title: "", width: 110, show: (f) => free.includes(f.column) && <Button size="small" disabled={busy} onClick={() => void accept(f.field, f.column)}>{t("suggest.accept")}</Button> },
        ]} />
      )}
      {chosen && chosen.lacking.length > 0 && <p className="quiet">{t("suggest.lacking", { n: chosen.lacking.join(", ") })}</p>}
    </Panel>
  );
}
