import { useEffect, useState } from "react";
import { query, useAsk, type Paged } from "../api";
import { useSpeech } from "../i18n";
import { Input, Problem, Select } from "../ui";
import type { LinkKind, Linking_ } from "./Belonging";
import { Deciding } from "./Deciding";
import type { Golden, Made, Said } from "./model";

const NONE = ""; // belongs under nothing, whatever its name suggests

type Given = { of: Linking_ | undefined; entity: string; onClose: () => void; onDone: (made: Made) => void };

/** Says what a golden record belongs under, or that it belongs under nothing. */
export function Linking({ of, entity, onClose, onDone }: Given) {
  const { t } = useSpeech();
  const [said, setSaid] = useState<Said>();
  const [shown, setShown] = useState(of); // keeps its words while the dialog closes
  useEffect(() => { if (of) setShown(of); }, [of]);
  return (
    <Deciding open={!!of} title={`${t("hierarchy.say")}: ${(of ?? shown)?.name ?? ""}`} entity={entity} kind="link" said={said}
      onClose={() => { setSaid(undefined); onClose(); }} onDone={(made) => { setSaid(undefined); onDone(made); }}>
      {of && <Choosing key={`${of.child} ${of.parent?.id}`} entity={entity} of={of} onSaid={setSaid} />}
    </Deciding>
  );
}

function Choosing({ entity, of, onSaid }: { entity: string; of: Linking_; onSaid: (said: Said | undefined) => void }) {
  const { t, word } = useSpeech();
  const kinds = useAsk<{ kinds: LinkKind[] }>(`/masters/${entity}/links${query({ limit: 1 })}`);
  const [kind, setKind] = useState(of.kind);
  const [parent, setParent] = useState<string | undefined>(of.parent?.id);
  const [dates, setDates] = useState<{ from?: string; until?: string }>({});
  const [q, setQ] = useState("");
  const found = useAsk<Paged<Golden>>(q.trim() ? `/masters/${entity}${query({ q, limit: 20 })}` : null);
  const known = kinds.data?.kinds ?? [];
  const way = kind ?? known[0]?.kind;
  useEffect(() => {
    const link = way && parent !== undefined ? { kind: way, parent: parent === NONE ? null : parent, ...(dates.from && { from: dates.from }), ...(dates.until && { until: dates.until }) } : undefined;
    onSaid(link && { kind: "link", golden: [of.child], link });
  }, [way, parent, dates, of.child, onSaid]);
  const options = [
    { value: NONE, label: t("hierarchy.nobody") },
    ...(of.parent ? [{ value: of.parent.id, label: of.parent.name }] : []),
    ...(found.data?.items ?? []).filter((g) => g.id !== of.child && g.id !== of.parent?.id).map((g) => ({ value: g.id, label: `${g.name || g.id} (${g.codes})` })),
  ];
  return (
    <div className="stating">
      <Problem of={kinds.problem ?? found.problem} />
      <label htmlFor="link-kind">{t("hierarchy.way")}</label>
      <Select id="link-kind" value={way} showSearch={{ optionFilterProp: "label" }} onChange={setKind} options={known.map((k) => ({ value: k.kind, label: `${word(k.child)} → ${word(k.parent)}` }))} />
      <label htmlFor="link-parent">{word(known.find((k) => k.kind === way)?.parent ?? { zh: "", en: "" }) || t("hierarchy.parent")}</label>
      <Select id="link-parent" value={parent} placeholder={t("hierarchy.search")} showSearch={{ filterOption: false, onSearch: setQ }} notFoundContent={t("hierarchy.search")} loading={found.loading}
        onChange={(id: string) => setParent(id)} options={options} />
      <label htmlFor="link-from">{t("hierarchy.from")}</label>
      <Input id="link-from" type="date" value={dates.from ?? ""} onChange={(e) => setDates({ ...dates, from: e.target.value })} />
      <label htmlFor="link-until">{t("hierarchy.until")}</label>
      <Input id="link-until" type="date" value={dates.until ?? ""} onChange={(e) => setDates({ ...dates, until: e.target.value })} />
    </div>
  );
}
