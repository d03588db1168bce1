import { useState } from "react";
import { useSpeech } from "../i18n";
import { Checkbox } from "../ui";
import { Deciding } from "./Deciding";
import { titleOf, show, type Made, type One } from "./model";

type Given = { open: boolean; entity: string; of: One; onClose: () => void; onDone: (made: Made) => void };

/** Parts a golden record: which of its records are another thing. */
export function Parting({ open, entity, of, onClose, onDone }: Given) {
  const { t } = useSpeech();
  const [ticked, setTicked] = useState<string[]>([]);
  const [each, setEach] = useState(false);
  const apart = each ? ticked.map((r) => [r]) : [ticked];
  const parts = ticked.length > 0 && (ticked.length < of.records.length || each);
  const tick = (id: string, on: boolean) => setTicked(on ? [...ticked, id] : ticked.filter((r) => r !== id));
  const close = () => { setTicked([]); setEach(false); onClose(); };
  return (
    <Deciding open={open} title={`${t("steward.part")}: ${titleOf(of)}`} entity={entity} kind="split" said={parts ? { kind: "split", golden: [of.golden_id], apart } : undefined}
      onClose={close} onDone={(made) => { setTicked([]); onDone(made); }}>
      <fieldset className="ticks">
        <legend>{t("steward.part.which")}</legend>
        {of.records.map((r) => (
          <Checkbox key={r.record_id} checked={ticked.includes(r.record_id)} onChange={(e) => tick(r.record_id, e.target.checked)}>
            {r.source} <span className="mono">{r.source_key}</span> {show(r.values.name)}
          </Checkbox>
        ))}
        {ticked.length > 1 && <Checkbox checked={each} onChange={(e) => setEach(e.target.checked)}>{t("steward.part.each")}</Checkbox>}
      </fieldset>
    </Deciding>
  );
}
