import { useState } from "react";
import { useAsk, type EntityMeta } from "../api";
import { useSpeech } from "../i18n";
import { FieldInput, sentValue } from "../meta/inputs";
import { Button, Checkbox, Input, Problem, Select } from "../ui";
import { Deciding } from "./Deciding";
import { show, titleOf, worded, type Cell, type Made, type One, type Said } from "./model";

type Given = { open: boolean; first: string | undefined; entity: string; of: One; onClose: () => void; onDone: (made: Made) => void };

/** States what a field of a golden record is, whatever the sources say; `first` is the field that was pointed at. */
export function Stating({ open, first, entity, of, onClose, onDone }: Given) {
  const { t } = useSpeech();
  const [said, setSaid] = useState<Said>();
  return (
    <Deciding open={open} title={`${t("steward.state")}: ${titleOf(of)}`} entity={entity} kind="value" said={said}
      onClose={() => { setSaid(undefined); onClose(); }} onDone={(made) => { setSaid(undefined); onDone(made); }}>
      <Choosing key={first} first={first} entity={entity} of={of} onSaid={setSaid} />
    </Deciding>
  );
}

function Choosing({ first, entity, of, onSaid }: { first: string | undefined; entity: string; of: One; onSaid: (said: Said | undefined) => void }) {
  const { t, word } = useSpeech();
  const meta = useAsk<EntityMeta>(`/meta/${entity}`);
  const open = of.fields.filter((f) => f.stateable);
  const [field, setField] = useState(open.find((f) => f.name === first));
  const [value, setValue] = useState<unknown>(field?.value ?? undefined);
  const [empty, setEmpty] = useState(false);
  const [until, setUntil] = useState("");
  const declared = meta.data?.fields.find((f) => f.name === field?.name);
  const state = (f: Cell, to: unknown, none: boolean, last = until) => {
    const declares = meta.data?.fields.find((d) => d.name === f.name);
    const sent = declares && !none ? sentValue(declares, to) : null;
    setField(f);
    setValue(to);
    setEmpty(none);
    const changes = none ? f.value !== null : sent !== null && String(sent) !== String(f.value);
    onSaid(changes ? { kind: "value", golden: [of.golden_id], values: { [f.name]: sent === null ? null : String(sent) }, ...(last && { until: last }) } : undefined);
  };
  return (
    <div className="stating">
      <Problem of={meta.problem} />
      <label htmlFor="stated-field">{t("field")}</label>
      <Select id="stated-field" value={field?.name} showSearch={{ optionFilterProp: "label" }} options={open.map((f) => ({ value: f.name, label: word(f.label) }))}
        onChange={(n: string) => { const f = open.find((x) => x.name === n)!; state(f, f.value ?? undefined, false); }} />
      {field && <Sayings field={field} of={of} onTake={(v) => state(field, v, false)} />}
      {field && declared && (
        <>
          <label htmlFor="stated">{t("steward.value")}</label>
          <FieldInput key={field.name} field={declared} compact id="stated" value={empty ? undefined : value} disabled={empty} onChange={(v) => state(field, typed(v), false)} />
          <label htmlFor="stated-until">{t("hierarchy.until")}</label>
          <Input id="stated-until" type="date" value={until} onChange={(e) => { setUntil(e.target.value); state(field, value, empty, e.target.value); }} />
          {!declared.required && <Checkbox checked={empty} onChange={(e) => state(field, value, e.target.checked)}>{t("steward.leave")}</Checkbox>}
        </>
      )}
    </div>
  );
}

/** What an input gives: a value, or the event that carries it. */
const typed = (given: unknown): unknown => (typeof given === "object" && given !== null && "target" in given ? (given as { target: { value: unknown } }).target.value : given);

/** What the sources say of a field, each to be taken over. */
function Sayings({ field, of, onTake }: { field: Cell; of: One; onTake: (value: unknown) => void }) {
  const { t, word } = useSpeech();
  const values = [...new Set(of.records.map((r) => show(r.values[field.name])))];
  return (
    <section aria-label={t("steward.sayings")} className="sayings">
      <h3>{t("steward.sayings")}</h3>
      <ul className="plain">
        {values.map((v) => {
          const by = of.records.filter((r) => show(r.values[field.name]) === v);
          const value = by[0]!.values[field.name];
          return (
            <li key={v}>
              <span className="break">{worded(field, value, word)}</span> <span className="quiet">{by.map((r) => `${r.source} ${r.source_key}`).join(", ")}</span>
              {v !== "–" && <> <Button size="small" onClick={() => onTake(value)}>{t("steward.take")}</Button></>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
