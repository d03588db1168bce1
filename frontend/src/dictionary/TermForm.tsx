import { useState } from "react";
import { query, useAsk } from "../api";
import { useSpeech } from "../i18n";
import { Form, Input, Select } from "../ui";
import { OwnerChoice, Proposing } from "./Proposing";
import { list, type Entry, type Status, type Term } from "./model";

type Typed = { name: string; zh: string; en: string; meaning_zh: string; meaning_en: string; synonyms: string; owner?: string; status: Status; parent?: string; bound: string[]; see: string[] };

/** A term, new or changed; retiring one is to propose that it is deprecated. */
export function TermForm({ name, term, onDone, onClose }: { name?: string; term?: Term; onDone: () => void; onClose: () => void }) {
  const { t, word } = useSpeech();
  const [words, setWords] = useState("");
  const terms = useAsk<{ items: Entry[] }>("/dictionary?sort=term").data?.items.filter((e) => e.entity !== name) ?? [];
  const found = useAsk<{ items: Entry[] }>(words ? `/dictionary${query({ q: words })}` : null).data?.items.filter((e) => ["entity", "field", "model", "column"].includes(e.kind)) ?? [];
  const choices = terms.map((e) => ({ value: e.entity, label: word(e.label) }));
  const initial: Typed = {
    name: name ?? "", zh: term?.zh ?? "", en: term?.en ?? "", meaning_zh: term?.definition.zh ?? "", meaning_en: term?.definition.en ?? "", synonyms: term?.synonyms.join("; ") ?? "",
    owner: term?.owner || undefined, status: term?.status ?? "approved", parent: term?.parent ?? undefined, bound: term?.bound ?? [], see: term?.see ?? [],
  };
  const needed = [{ required: true, whitespace: true, message: t("required") }];
  return (
    <Proposing<Typed> title={name ? `${t("dictionary.propose")} · ${word(term ?? null)}` : t("glossary.new")} initial={initial} onDone={onDone} onClose={onClose}
      sent={(v) => [{ kind: "term", subject: `term:${v.name}`, content: {
        zh: v.zh, en: v.en, definition: { zh: v.meaning_zh, en: v.meaning_en }, synonyms: list(v.synonyms ?? ""), owner: v.owner ?? "", status: v.status, parent: v.parent ?? null, bound: v.bound, see: v.see,
      } }]}>
      <Form.Item name="name" label={t("glossary.name")} extra={t("glossary.name.hint")} rules={[{ required: true, pattern: /^[a-z][a-z0-9_]{0,59}$/, message: t("glossary.name.hint") }]}><Input disabled={!!name} /></Form.Item>
      <Form.Item name="zh" label={t("glossary.word.zh")} rules={needed}><Input maxLength={200} /></Form.Item>
      <Form.Item name="en" label={t("glossary.word.en")} rules={needed}><Input maxLength={200} /></Form.Item>
      <Form.Item name="meaning_zh" label={t("glossary.meaning.zh")} rules={needed}><Input.TextArea rows={2} maxLength={4000} /></Form.Item>
      <Form.Item name="meaning_en" label={t("glossary.meaning.en")}><Input.TextArea rows={2} maxLength={4000} /></Form.Item>
      <Form.Item name="synonyms" label={t("synonyms")} extra={t("glossary.list.hint")}><Input /></Form.Item>
      <OwnerChoice name="owner" label={t("owner")} />
      <Form.Item name="status" label={t("status")}><Select options={(["approved", "deprecated"] as const).map((s) => ({ value: s, label: t(`dictionary.${s}`) }))} /></Form.Item>
      <Form.Item name="parent" label={t("dictionary.parent")}><Select allowClear showSearch={{ optionFilterProp: "label" }} options={choices} /></Form.Item>
      <Form.Item name="bound" label={t("dictionary.bound")} extra={t("glossary.bound.hint")}>
        <Select mode="multiple" showSearch={{ filterOption: false, onSearch: setWords }} options={found.map((e) => ({ value: e.subject, label: `${word(e.label)} ${e.subject}` }))} />
      </Form.Item>
      <Form.Item name="see" label={t("dictionary.see")}><Select mode="multiple" showSearch={{ optionFilterProp: "label" }} options={choices} /></Form.Item>
    </Proposing>
  );
}
