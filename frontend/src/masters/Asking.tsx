import { useEffect, useRef, useState } from "react";
import { asProblem, query, send, useAsk, type EntityMeta, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { FieldInput, sentValue, shownValues } from "../meta/inputs";
import { useCalled } from "../shell/names";
import { go, link, type Route } from "../shell/route";
import { Button, Form, Head, Input, Panel, Problem, Quiet, Waiting } from "../ui";
import { Alike } from "./Alike";
import type { AlikeFound, MasterRequest, RequestForm } from "./request";

const PAUSE = 500; // milliseconds after the last letter

/** A new one asked for, or one's own draft changed: while it is typed, what is like it is looked for. */
export function Asking({ entity, route, number }: { entity: string; route: Route; number?: string }) {
  const { t } = useSpeech();
  const called = useCalled();
  const meta = useAsk<EntityMeta>(`/meta/${entity}`);
  const form = useAsk<RequestForm>(`/stewardship/${entity}/requests/form`);
  const was = useAsk<MasterRequest>(number ? `/stewardship/${entity}/requests/${number}` : null);
  const problem = meta.problem ?? form.problem ?? was.problem;
  const back = <p><a href={link("masters", entity, "requests")}>← {t("asked.title")}</a></p>;
  if (problem) return <>{back}<Head title={t("asked.new")} /><Problem of={problem} retry={() => { meta.reload(); form.reload(); was.reload(); }} /></>;
  if (!meta.data || !form.data || (number && !was.data)) return <Waiting />;
  return (
    <>
      {back}
      <Head title={number ? t("asked.change", { id: number }) : t("asked.new")} about={`${called(entity)} · ${t("asked.code.form", { code: form.data.code })}`} />
      <Sheet entity={entity} meta={meta.data} was={was.data} given={Object.fromEntries(route.search)} />
    </>
  );
}

type Values = Record<string, unknown>;

function Sheet({ entity, meta, was, given }: { entity: string; meta: EntityMeta; was: MasterRequest | undefined; given: Record<string, string> }) {
  const { t, word } = useSpeech();
  const fields = meta.fields.filter((f) => !f.key);
  const [form] = Form.useForm();
  const [values, setValues] = useState<Values>(was ? was.values : given);
  const [found, setFound] = useState<AlikeFound | undefined>(was?.alike ?? undefined);
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState<"draft" | "submit">();
  const submits = useRef(true);
  const sent = (typed: Values) => Object.fromEntries(fields.map((f) => [f.name, sentValue(f, typed[f.name])]).filter(([, v]) => v !== null).map(([n, v]) => [n, String(v)]));
  const asked = JSON.stringify(sent(values));
  useEffect(() => {
    if (asked === "{}") { setFound(undefined); return; }
    let stale = false;
    const timer = setTimeout(() => {
      send<AlikeFound>("POST", `/stewardship/${entity}/requests/check${query({ number: was?.id })}`, JSON.parse(asked)).then((f) => { if (!stale) setFound(f); }, () => undefined);
    }, PAUSE);
    return () => { stale = true; clearTimeout(timer); };
  }, [asked, entity, was?.id]);
  const keep = async (typed: Values) => {
    setBusy(submits.current ? "submit" : "draft");
    setProblem(undefined);
    try {
      const said = { values: sent(typed), reason: String(typed["reason"] ?? ""), submit: submits.current, ...(was && { revision: was.revision }) };
      const made = await send<MasterRequest>(was ? "PUT" : "POST", `/stewardship/${entity}/requests${was ? `/${was.id}` : ""}`, said);
      go(link("masters", entity, "requests", String(made.id)));
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(undefined);
  };
  const begin = (submit: boolean) => { submits.current = submit; form.submit(); };
  return (
    <div className="asking">
      <Panel>
        <Form form={form} layout="vertical" initialValues={{ ...shownValues(fields, values), reason: was?.reason }} onValuesChange={(_, all: Values) => setValues(all)} onFinish={(v: Values) => void keep(v)}>
          {fields.map((f) => (
            <Form.Item key={f.name} name={f.name} label={word(f.label)} rules={f.required ? [{ required: true, message: t("required") }] : []}>
              <FieldInput field={f} />
            </Form.Item>
          ))}
          <Form.Item name="reason" label={t("asked.why")} rules={[{ required: true, min: 2, message: t("required") }]}><Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={2000} /></Form.Item>
          <Problem of={problem} />
          <div className="bar">
            <Button type="primary" loading={busy === "submit"} onClick={() => begin(true)}>{t("asked.submit")}</Button>
            <Button loading={busy === "draft"} onClick={() => begin(false)}>{t("asked.draft")}</Button>
          </div>
        </Form>
      </Panel>
      <Panel title={t("asked.alike")}>
        {found ? <Alike entity={entity} of={found} values={values} /> : <Quiet>{t("asked.alike.hint")}</Quiet>}
      </Panel>
    </div>
  );
}
