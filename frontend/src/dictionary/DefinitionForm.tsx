import { useSpeech } from "../i18n";
import { Form, Input } from "../ui";
import { OwnerChoice, Proposing } from "./Proposing";
import { list, type Definition, type Whole } from "./model";

type Typed = { zh: string; en: string; synonyms: string; business?: string; steward?: string; technical?: string };

/** One's own words over a declared entry; what is as declared is not said again. */
export function DefinitionForm({ of, onDone, onClose }: { of: Whole; onDone: () => void; onClose: () => void }) {
  const { t, word } = useSpeech();
  const said = (of.said ?? {}) as Definition;
  const declared = of.declared;
  const initial: Typed = {
    zh: of.definition?.zh ?? "", en: of.definition?.en ?? "", synonyms: of.synonyms.join("; "), business: said.business, steward: said.steward, technical: said.technical,
  };
  const content = (typed: Typed): Definition | null => {
    const made: Definition = {};
    const meaning = { zh: (typed.zh ?? "").trim(), en: (typed.en ?? "").trim() };
    if ((meaning.zh || meaning.en) && (meaning.zh !== declared?.definition?.zh || meaning.en !== declared?.definition?.en)) made.meaning = meaning;
    const synonyms = list(typed.synonyms ?? "");
    if (synonyms.join(";") !== (declared?.synonyms ?? []).join(";")) made.synonyms = synonyms;
    for (const kind of ["business", "steward", "technical"] as const) if (typed[kind]) made[kind] = typed[kind];
    return Object.keys(made).length ? made : null;
  };
  return (
    <Proposing<Typed> title={`${t("dictionary.propose")} · ${word(of.label)}`} initial={initial} onDone={onDone} onClose={onClose}
      sent={(typed) => [{ kind: "definition", subject: of.subject, content: content(typed) }]}>
      <p className="quiet">{t("dictionary.declared")}: {declared?.definition ? word(declared.definition) : t("dictionary.no_meaning")}</p>
      <Form.Item name="zh" label={t("glossary.meaning.zh")}><Input.TextArea rows={2} maxLength={4000} /></Form.Item>
      <Form.Item name="en" label={t("glossary.meaning.en")}><Input.TextArea rows={2} maxLength={4000} /></Form.Item>
      <Form.Item name="synonyms" label={t("synonyms")} extra={t("glossary.list.hint")}><Input /></Form.Item>
      <OwnerChoice name="business" label={t("dictionary.owner.business")} />
      <OwnerChoice name="steward" label={t("dictionary.owner.steward")} />
      <OwnerChoice name="technical" label={t("dictionary.owner.technical")} />
    </Proposing>
  );
}
