import { useState } from "react";
import { asProblem, send, useAsk, type Field, type Label, type Problem as ProblemError, type Row } from "../api";
import { useSpeech } from "../i18n";
import { FieldInput, sentValue } from "../meta/inputs";
import { RecordLink } from "../shell/names";
import { link, type Route } from "../shell/route";
import { Button, Facts, Form, Head, Nothing, Panel, Problem, Tag, Waiting, oneOf } from "../ui";

type Parameter = { name: string; label: Label; type: string; required: boolean; reference: string | null };
type Rule = {
  name: string; kind: "decision" | "calculation"; label: Label; parameters: Parameter[]; guards?: { name: string; label: Label; clause: string }[]; standard?: string;
};
type Answer = { rule: string; allowed?: boolean; because?: { rule: string; label: Label; record: string; detail: string }[] } & Row;

/** Rules that other systems ask, asked by hand: the same question, the same answer. */
export default function Rules({ route }: { route: Route }) {
  const { t, word } = useSpeech();
  const asked = useAsk<{ items: Rule[] }>("/rules");
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const { items } = asked.data;
  const chosen = items.find((r) => r.name === route.path[1]) ?? items[0];
  const groups = [["rules.decisions", items.filter((r) => r.kind === "decision")], ["rules.calculations", items.filter((r) => r.kind === "calculation")]] as const;
  return (
    <>
      <Head title={t("nav.rules")} about={t("rules.about")} />
      {!chosen ? <Panel><Nothing>{t("rules.none")}</Nothing></Panel> : (
        <div className="aside">
          <nav className="panel" aria-label={t("nav.rules")}>
            {groups.filter(([, rules]) => rules.length > 0).map(([title, rules]) => (
              <div key={title}>
                <h2>{t(title)}</h2>
                <ul className="plain">{rules.map((r) => <li key={r.name}><a href={link("rules", r.name)} aria-current={r === chosen ? "true" : undefined}>{word(r.label)}</a></li>)}</ul>
              </div>
            ))}
          </nav>
          <Ask key={chosen.name} rule={chosen} />
        </div>
      )}
    </>
  );
}

/** A parameter drawn as the field it is called after. */
const fieldOf = (p: Parameter): Field => ({
  name: p.name, label: p.label, type: p.reference ? "reference" : p.type, required: p.required, key: false, reference: p.reference, choices: null, unit: null,
  classification: "internal", masked: false, restricted: false, search: false, list: false, sortable: false, hint: null, standard: null, example: null, rules: [],
});

function Ask({ rule }: { rule: Rule }) {
  const { t, word } = useSpeech();
  const [answer, setAnswer] = useState<Answer>();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const ask = async (typed: Row) => {
    setBusy(true);
    setProblem(undefined);
    setAnswer(undefined);
    const given = rule.parameters.map((p) => [p.name, sentValue(fieldOf(p), typed[p.name])] as const).filter(([, v]) => v !== null);
    try {
      setAnswer(await send<Answer>("POST", `/rules/${rule.name}`, Object.fromEntries(given)));
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(false);
  };
  return (
    <div>
      <Panel title={word(rule.label)}>
        <Form layout="vertical" onFinish={(v: Row) => void ask(v)}>
          <div className="grid">
            {rule.parameters.map((p) => (
              <Form.Item key={p.name} name={p.name} label={word(p.label)} rules={p.required ? [{ required: true, message: t("required") }] : []}>
                <FieldInput field={fieldOf(p)} />
              </Form.Item>
            ))}
          </div>
          <Button type="primary" htmlType="submit" loading={busy}>{t("rules.ask")}</Button>
          <span className="quiet mono"> POST /api/v1/rules/{rule.name}</span>
        </Form>
        <Problem of={problem} />
        {answer && <Said of={answer} />}
      </Panel>
      {rule.guards && rule.guards.length > 0 && (
        <Panel title={t("rules.guards")}>
          <ul>{rule.guards.map((g) => <li key={g.name}>{word(g.label)} <span className="quiet">{g.clause}</span></li>)}</ul>
        </Panel>
      )}
      {rule.standard && <Panel title={t("standard")}><p>{rule.standard}</p></Panel>}
    </div>
  );
}

function Said({ of }: { of: Answer }) {
  const { t, word, language } = useSpeech();
  if (of.allowed === undefined) {
    const figures = Object.entries(of).filter(([k, v]) => k !== "rule" && k !== "standard" && v !== null);
    return <div role="status" className="answer"><Facts of={figures.map(([k, v]) => [<span className="mono">{k}</span>, typeof v === "object" ? JSON.stringify(v) : String(v)])} /></div>;
  }
  return (
    <div role="status" className="answer">
      <p><Tag tone={of.allowed ? "good" : "bad"}>{t(of.allowed ? "rules.yes" : "rules.no")}</Tag></p>
      {of.because && of.because.length > 0 && (
        <ul className="objections">{of.because.map((b, n) => <li key={n}><span className="rule">{word(b.label)}</span> <RecordLink of={b.record} /> <span className="quiet">{oneOf(b.detail, language)}</span></li>)}</ul>
      )}
    </div>
  );
}
