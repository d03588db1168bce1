import { useState } from "react";
import { useAsk, type Label } from "../api";
import { useSpeech, type Key } from "../i18n";
import { link } from "../shell/route";
import { Count, Input, Nothing, Panel, Problem, Quiet, Select, Table, Tag, Waiting } from "../ui";

type Processing = {
  entity: string; label: Label; field: string; field_label: Label; classification: string; purpose: Label | null; legal_basis: string | null; basis: Label | null;
  retention: Label; sealed: boolean; home: string; sources: string[];
};

/** Every personal field by the legal basis it rests on, with what it is held for. */
export function Register() {
  const { t, word } = useSpeech();
  const asked = useAsk<{ items: Processing[] }>("/privacy/register");
  const [text, setText] = useState("");
  const [basis, setBasis] = useState("");
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const { items } = asked.data;
  const name = (p: Processing) => p.legal_basis ?? "";
  const bases = [...new Set(items.map(name))].sort();
  const title = (b: string) => (b ? word(items.find((p) => name(p) === b)?.basis) : t("privacy.undeclared"));
  const fits = (p: Processing) => `${word(p.label)} ${word(p.field_label)} ${word(p.purpose)} ${p.entity}.${p.field}`.toLowerCase().includes(text.trim().toLowerCase());
  const shown = items.filter((p) => fits(p) && (!basis || name(p) === basis));
  return (
    <>
      <Panel>
        <Quiet>{t("privacy.register.about")}</Quiet>
        <div className="bar" style={{ margin: "8px 0 0" }}>
          <Input type="search" style={{ width: 280 }} allowClear value={text} aria-label={t("privacy.find.field")} placeholder={t("privacy.find.field")} onChange={(e) => setText(e.target.value)} />
          <Select style={{ width: 260 }} aria-label={t("privacy.basis")} value={basis} onChange={setBasis}
            options={[{ value: "", label: t("privacy.every.basis") }, ...bases.filter(Boolean).map((b) => ({ value: b, label: title(b) }))]} />
        </div>
      </Panel>
      {shown.length === 0 && <Panel><Nothing>{t("nothing.found")}</Nothing></Panel>}
      {bases.filter((b) => shown.some((p) => name(p) === b)).map((b) => (
        <Panel key={b} title={<>{title(b)} <Count of={shown.filter((p) => name(p) === b).length} quiet /></>}>
          <Fields of={shown.filter((p) => name(p) === b)} label={title(b)} />
        </Panel>
      ))}
    </>
  );
}

function Fields({ of, label }: { of: Processing[]; label: string }) {
  const { t, word } = useSpeech();
  const ordered = [...of].sort((a, b) => word(a.purpose).localeCompare(word(b.purpose)) || a.entity.localeCompare(b.entity));
  return (
    <Table<Processing> fit label={label} rows={ordered} id={(p) => `${p.entity}.${p.field}`} columns={[
      { name: "purpose", title: t("privacy.purpose"), show: (p) => (p.purpose ? word(p.purpose) : <Tag tone="bad">{t("privacy.undeclared")}</Tag>) },
      { name: "field", title: t("field"), show: (p) => <span className="subject"><a href={link("dictionary", p.entity)}>{word(p.label)}</a> · {word(p.field_label)}</span> },
      { name: "class", title: t("classification"), width: 110, show: (p) => <Tag tone={p.classification === "personal_sensitive" ? "bad" : p.classification === "personal" ? "warn" : "plain"}>{t(`class.${p.classification}` as Key)}</Tag> },
      { name: "kept", title: t("retention"), show: (p) => word(p.retention) },
      { name: "sealed", title: t("privacy.protection"), width: 120, show: (p) => t(p.sealed ? "privacy.sealed" : "privacy.plain") },
      { name: "sources", title: t("source"), width: 130, show: (p) => (p.home === "native" ? t("privacy.written.here") : p.sources.join(", ") || "–") },
    ]} />
  );
}
