import { useState } from "react";
import { asProblem, send, useAsk, type Label, type Problem as ProblemError } from "../api";
import { useSpeech, type Key } from "../i18n";
import { Button, Facts, Head, Input, Panel, Problem, Table, Tag, type Tone } from "../ui";

type Element = { ai: string; label: Label; value: string };
type Finding = { rule: string; label: Label; position: number; warning: boolean };
type Judgement = {
  text: string; issuer: string; verdict: "valid" | "invalid" | "unknown"; di: string | null; elements: Element[]; findings: Finding[];
  pi: { lot: string | null; serial: string | null; made_on: string | null; expires_on: string | null };
};
const TONES: Record<Judgement["verdict"], Tone> = { valid: "good", invalid: "bad", unknown: "warn" };
const EXAMPLES = ["(01)04012345678901(17)271231(10)B2410", "+A123BJC5D6E71G", "MA.156.M0.100472.11103316"];
// A scanner sends the separator as the character 29; a person types it as <GS>.
const typed = (text: string): string => text.replace(/<GS>|\{GS\}/gi, "\u001d");
const shown = (text: string): string => text.replaceAll("\u001d", "␝");

type Waiting = { text: string; issuer: string; times: number; first_by: string; last_at: string };

export default function Udi() {
  const { t, word, number, moment } = useSpeech();
  const waiting = useAsk<{ items: Waiting[] }>("/udi/unknown");
  const [text, setText] = useState("");
  const [said, setSaid] = useState<Judgement>();
  const [problem, setProblem] = useState<ProblemError>();
  const judge = async (given: string) => {
    setText(given);
    setProblem(undefined);
    try {
      const judged = await send<Judgement>("POST", "/udi/judge", { text: typed(given) });
      setSaid(judged);
      if (judged.verdict === "unknown") waiting.reload();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return (
    <>
      <Head title={t("nav.udi")} about={t("udi.about")} />
      <Panel>
        <form className="bar" onSubmit={(e) => { e.preventDefault(); if (text) void judge(text); }}>
          <Input style={{ width: 460 }} className="mono" aria-label={t("udi.text")} placeholder={t("udi.text")} value={text} onChange={(e) => setText(e.target.value)} autoFocus />
          <Button type="primary" htmlType="submit" disabled={!text}>{t("udi.judge")}</Button>
        </form>
        <div className="bar"><span className="quiet">{t("udi.examples")}</span>{EXAMPLES.map((e) => <Button key={e} size="small" className="mono" onClick={() => void judge(e)}>{e}</Button>)}</div>
        <Problem of={problem} />
      </Panel>
      {said && (
        <div className="split" aria-live="polite">
          <Panel title={t("udi.verdict")}>
            <p><Tag tone={TONES[said.verdict]}>{t(`verdict.${said.verdict}` as Key)}</Tag> {said.issuer}</p>
            {said.findings.length > 0 && (
              <ul>{said.findings.map((f) => <li key={f.rule + f.position}>{word(f.label)} <span className="mono quiet">{f.rule}{f.position >= 0 ? ` @${f.position + 1}` : ""}</span></li>)}</ul>
            )}
            <p className="mono" style={{ overflowWrap: "anywhere" }}>{shown(said.text)}</p>
          </Panel>
          <Panel title={t("udi.reading")}>
            <Facts of={[
              [t("udi.di"), <span className="mono">{said.di ?? "–"}</span>], [t("trace.lot"), said.pi.lot ?? "–"], [t("serial"), said.pi.serial ?? "–"],
              [t("udi.made"), said.pi.made_on ?? "–"], [t("udi.expires"), said.pi.expires_on ?? "–"],
            ]} />
            <Table<Element> label={t("udi.elements")} rows={said.elements} id={(e) => e.ai + e.value} columns={[
              { name: "ai", title: "AI", show: (e) => <span className="mono">{e.ai}</span> },
              { name: "label", title: t("name"), show: (e) => word(e.label) },
              { name: "value", title: t("value"), show: (e) => <span className="mono">{e.value}</span> },
            ]} />
          </Panel>
        </div>
      )}
      {(waiting.data?.items.length ?? 0) > 0 && (
        <Panel title={t("udi.waiting")}>
          <Table<Waiting> fit label={t("udi.waiting")} rows={waiting.data!.items} id={(w) => w.text} columns={[
            { name: "text", title: t("udi.text"), show: (w) => <span className="mono">{shown(w.text)}</span> },
            { name: "issuer", title: t("udi.issuer"), show: (w) => w.issuer },
            { name: "times", title: t("udi.times"), align: "right", show: (w) => number(w.times) },
            { name: "by", title: t("by"), show: (w) => w.first_by },
            { name: "at", title: t("at"), show: (w) => moment(w.last_at) },
          ]} />
        </Panel>
      )}
    </>
  );
}
