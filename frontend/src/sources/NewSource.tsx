import { useState } from "react";
import { address, asProblem, query, send, useAsk, type Label, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { useCalled } from "../shell/names";
import { go } from "../shell/route";
import { Button, Drawer, Form, Input, Nothing, Problem, Select, Tag, Waiting } from "../ui";

type TemplateTable = { name: string; label: Label; basis: string | null; basis_label: Label | null; is_sheet: boolean; entities: string[]; query: string | null };
type Template = { name: string; label: Label; kind: string; kind_label: Label; versions: string; traps: Label[]; dialect: string | null; tables: TemplateTable[]; used_by: string[] };
type Said = { name: string; org: string; owner: string; url: string; secret: string };

const EMPTY: Said = { name: "", org: "", owner: "it", url: "", secret: "" };

/** A source out of a template: what is known of the system, which of its tables, what it is called here, and the file as it would be written. */
export function NewSource({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useSpeech();
  return (
    <Drawer open={open} title={t("templates.new")} onClose={onClose} size="large" destroyOnHidden>
      <Choosing onDone={(name) => { onClose(); go(`#/sources/${name}`); }} />
    </Drawer>
  );
}

function Choosing({ onDone }: { onDone: (name: string) => void }) {
  const { t, word } = useSpeech();
  const asked = useAsk<{ items: Template[] }>("/source-templates");
  const [name, setName] = useState<string>();
  const chosen = asked.data?.items.find((i) => i.name === name);
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  if (!asked.data.items.length) return <Nothing>{t("templates.none")}</Nothing>;
  return (
    <>
      <Select style={{ width: "100%" }} aria-label={t("templates.which")} placeholder={t("templates.which")} value={name} onChange={setName} showSearch={{ optionFilterProp: "label" }}
        options={asked.data.items.map((i) => ({ value: i.name, label: `${word(i.kind_label)} · ${word(i.label)} ${i.versions}`.trim() }))} />
      {chosen && <Filling key={chosen.name} of={chosen} onDone={onDone} />}
    </>
  );
}

function Filling({ of, onDone }: { of: Template; onDone: (name: string) => void }) {
  const { t, word, language } = useSpeech();
  const [said, setSaid] = useState<Said>({ ...EMPTY, name: of.name });
  const [tables, setTables] = useState<ReadonlySet<string>>(new Set(of.tables.map((x) => x.name)));
  const [text, setText] = useState<string>();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const body = {
    name: said.name, org: said.org, owner: said.owner, url: said.url || null, secret: said.secret || null, language: language.startsWith("zh") ? "zh" : "en",
    tables: of.tables.map((x) => x.name).filter((n) => tables.has(n)),
  };
  const ready = said.name && said.org && said.owner && tables.size > 0;
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
  const put = (key: keyof Said, value: string) => { setSaid({ ...said, [key]: value.trim() }); setText(undefined); };
  const toggle = (n: string) => { setTables((old) => { const next = new Set(old); if (!next.delete(n)) next.add(n); return next; }); setText(undefined); };
  const fields: (keyof Said)[] = of.dialect ? ["name", "org", "owner", "url", "secret"] : ["name", "org", "owner"];
  return (
    <>
      <p className="quiet">{t("templates.untried")}</p>
      {of.traps.length > 0 && <section className="part"><h2>{t("templates.traps")}</h2><ul>{of.traps.map((x) => <li key={x.en}>{word(x)}</li>)}</ul></section>}
      <Form layout="vertical" requiredMark={false} onFinish={() => void asking(async () => { await send("POST", `/source-templates/${of.name}/sources`, body); onDone(said.name); })}>
        <section className="part">
          <h2>{t("sources.tables")}</h2>
          <div className="bar">
            <Button size="small" onClick={() => { setTables(new Set(of.tables.map((x) => x.name))); setText(undefined); }}>{t("templates.all")}</Button>
            <Button size="small" onClick={() => { setTables(new Set()); setText(undefined); }}>{t("templates.no")}</Button>
          </div>
          {of.tables.map((x) => <TableLine key={x.name} template={of.name} of={x} chosen={tables.has(x.name)} onToggle={() => toggle(x.name)} />)}
        </section>
        <div className="grid">
          {fields.map((f) => (
            <Form.Item key={f} label={t(`templates.${f}`)} extra={t(`templates.${f}.about`)}><Input aria-label={t(`templates.${f}`)} className="mono" value={said[f]} maxLength={500} onChange={(e) => put(f, e.target.value)} /></Form.Item>
          ))}
        </div>
        <Problem of={problem} />
        {text !== undefined && <pre className="raw mono">{text}</pre>}
        <div className="bar">
          <Button disabled={!ready} loading={busy} onClick={() => void asking(async () => setText((await send<{ text: string }>("POST", `/source-templates/${of.name}/preview`, body)).text))}>{t("templates.preview")}</Button>
          <Button type="primary" htmlType="submit" disabled={!ready} loading={busy}>{t("templates.make")}</Button>
        </div>
      </Form>
    </>
  );
}

function TableLine({ template, of, chosen, onToggle }: { template: string; of: TemplateTable; chosen: boolean; onToggle: () => void }) {
  const { t, word, language } = useSpeech();
  const called = useCalled();
  return (
    <div className="bar">
      <label><input type="checkbox" checked={chosen} onChange={onToggle} /> {word(of.label)}</label>
      <span className="quiet">{of.entities.map((e) => called(e)).join(", ")}</span>
      {of.basis_label && <Tag tone={of.basis === "read" ? "good" : "warn"}>{word(of.basis_label)}</Tag>}
      {of.is_sheet && <Button size="small" href={address(`/source-templates/${template}/sheets/${of.name}.csv${query({ language: language.startsWith("zh") ? "zh" : "en" })}`)}>{t("templates.sheet")}</Button>}
    </div>
  );
}
