import { useSpeech } from "../i18n";
import { Proposing } from "../dictionary/Proposing";
import { Form, Input, InputNumber, Segmented, Select, Switch } from "../ui";
import type { Standing } from "./model";

type Closed = { onClose: (proposed: boolean) => void };

/** A rule or a mapping in the words of its file. */
export function TextForm({ kind, subject, text, title, off = false, onClose }: { kind: "quality_rule" | "mapping"; subject: string; text: string; title: string; off?: boolean } & Closed) {
  const { t } = useSpeech();
  type Typed = { text: string; name?: string; how?: "text" | "off" };
  const content = (typed: Typed) => (typed.how === "off" ? { off: true } : { text: typed.text });
  const named = (typed: Typed) => (subject.endsWith(":") ? `${subject}${/^name:\s*(\S+)/m.exec(typed.text)?.[1] ?? ""}` : subject);
  return (
    <Proposing<Typed> title={title} initial={{ text, how: "text" }} tries onDone={() => onClose(true)} onClose={() => onClose(false)} sent={(typed) => [{ kind, subject: named(typed), content: content(typed) }]}>
      {off && (
        <Form.Item name="how" label={t("changes.how")}>
          <Segmented options={[{ value: "text", label: t("changes.how.text") }, { value: "off", label: t("changes.how.off") }]} />
        </Form.Item>
      )}
      <Form.Item name="text" label={t(kind === "quality_rule" ? "changes.text.rule" : "changes.text.mapping")} extra={t("changes.text.hint")}><Input.TextArea className="mono" rows={14} spellCheck={false} /></Form.Item>
    </Proposing>
  );
}

/** How much is borne of a rule that the software declares. */
export function BorneForm({ now, tolerance, severity, title, onClose }: { now: Standing; tolerance: number; severity: string; title: string } & Closed) {
  const { t } = useSpeech();
  type Typed = { tolerance: number; severity: string };
  return (
    <Proposing<Typed> title={title} initial={{ tolerance: tolerance * 100, severity }} tries onDone={() => onClose(true)} onClose={() => onClose(false)}
      sent={(typed) => [{ kind: "quality_rule", subject: now.subject, content: { borne: { tolerance: (typed.tolerance ?? 0) / 100, severity: typed.severity } } }]}>
      <p className="quiet">{t("changes.borne.about")}</p>
      <Form.Item name="tolerance" label={`${t("quality.tolerance")} (%)`}><InputNumber min={0} max={99} step={0.1} /></Form.Item>
      <Form.Item name="severity" label={t("quality.severity")}><Select options={(["minor", "major", "critical"] as const).map((s) => ({ value: s, label: t(`quality.severity.${s}`) }))} /></Form.Item>
    </Proposing>
  );
}

const ANCHORS = ["creation", "release", "expiry", "last_ship", "close"] as const;

/** A company's own period of retention, longer than what is declared. */
export function PeriodForm({ now, title, onClose }: { now: Standing; title: string } & Closed) {
  const { t } = useSpeech();
  type Typed = { back: boolean; forever: boolean; years?: number; anchor: string; device_life: boolean; basis: string };
  const said = (now.content ?? {}) as Partial<Typed>;
  const content = (typed: Typed) => {
    if (typed.back) return null;
    return typed.forever ? { forever: true, basis: typed.basis } : { years: typed.years, anchor: typed.anchor, device_life: typed.device_life, basis: typed.basis };
  };
  return (
    <Proposing<Typed> title={title} initial={{ back: false, forever: said.forever ?? false, years: said.years, anchor: said.anchor ?? "creation", device_life: said.device_life ?? false, basis: said.basis ?? "" }}
      tries onDone={() => onClose(true)} onClose={() => onClose(false)} sent={(typed) => [{ kind: "retention", subject: now.subject, content: content(typed) }]}>
      <p className="quiet">{t("changes.period.about")}</p>
      {now.proposal && <Form.Item name="back" label={t("changes.period.back")} valuePropName="checked"><Switch /></Form.Item>}
      <Form.Item name="forever" label={t("retention.forever")} valuePropName="checked"><Switch /></Form.Item>
      <Form.Item name="years" label={t("changes.period.years")}><InputNumber min={0} max={200} precision={0} /></Form.Item>
      <Form.Item name="anchor" label={t("changes.period.anchor")}><Select options={ANCHORS.map((a) => ({ value: a, label: t(`changes.anchor.${a}`) }))} /></Form.Item>
      <Form.Item name="device_life" label={t("changes.period.device_life")} valuePropName="checked"><Switch /></Form.Item>
      <Form.Item name="basis" label={t("changes.period.basis")} rules={[{ required: true, whitespace: true, message: t("required") }]}><Input maxLength={300} /></Form.Item>
    </Proposing>
  );
}

/** One threshold: a number, or a span of time. */
export function ThresholdForm({ subject, value, title, onClose }: { subject: string; value: unknown; title: string } & Closed) {
  const { t } = useSpeech();
  type Typed = { value?: string };
  const content = (typed: Typed) => {
    const given = (typed.value ?? "").trim();
    if (!given) return null;
    return { value: Number.isNaN(Number(given)) ? given : Number(given) };
  };
  return (
    <Proposing<Typed> title={title} initial={{ value: value === null || value === undefined ? "" : String(value) }} tries onDone={() => onClose(true)} onClose={() => onClose(false)}
      sent={(typed) => [{ kind: "threshold", subject, content: content(typed) }]}>
      <Form.Item name="value" label={t("changes.value")} extra={t("changes.value.hint")}><Input maxLength={40} /></Form.Item>
    </Proposing>
  );
}
