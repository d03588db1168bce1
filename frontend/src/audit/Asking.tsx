import { useAsk, type Label } from "../api";
import { useSpeech, type Key } from "../i18n";
import { local, moment as utc } from "../i18n/time";
import { Button, DayInput, Form, Input, Select } from "../ui";

type Wanted = Record<string, string | null | undefined>;
type Filled = { q?: string; actor?: string; action?: string; kind?: string; number?: string; outcome?: string; from?: string | null; to?: string | null };
const OUTCOMES = ["done", "refused", "read"] as const;
const NOTHING = { q: null, actor: null, action: null, object: null, outcome: null, from: null, to: null };

/** What is looked for in the log, as one form: Enter in any field asks. */
export function Asking({ of, onAsk }: { of: Wanted; onAsk: (given: Record<string, string | null>) => void }) {
  const { t, word } = useSpeech();
  const kinds = useAsk<{ items: { name: string; label: Label }[] }>("/audit/kinds").data?.items ?? [];
  const [kind = "", ...rest] = (of.object ?? "").split("/");
  const first: Filled = {
    q: of.q ?? "", actor: of.actor ?? "", action: of.action ?? "", kind: kind || undefined, number: rest.join("/"), outcome: of.outcome || undefined,
    from: of.from ? local(of.from) : null, to: of.to ? local(of.to) : null,
  };
  const text = (value: string | null | undefined) => value?.trim() || null;
  const ask = (v: Filled) => onAsk({
    q: text(v.q), actor: text(v.actor), action: text(v.action), object: v.kind ? `${v.kind}/${v.number?.trim() ?? ""}` : null, outcome: v.outcome ?? null,
    from: v.from ? utc(v.from) : null, to: v.to ? utc(v.to) : null,
  });
  return (
    <Form<Filled> layout="vertical" initialValues={first} onFinish={ask} aria-label={t("search")} className="asking">
      <div className="grid narrow">
        <Form.Item name="q" label={t("audit.q")}><Input allowClear maxLength={200} /></Form.Item>
        <Form.Item name="actor" label={t("audit.actor")}><Input allowClear maxLength={200} autoComplete="off" /></Form.Item>
        <Form.Item name="action" label={t("audit.action")}><Input allowClear maxLength={200} placeholder="session." /></Form.Item>
        <Form.Item name="kind" label={t("audit.kind")}>
          <Select allowClear showSearch={{ optionFilterProp: "label" }} popupMatchSelectWidth={false} options={kinds.map((k) => ({ value: k.name, label: word(k.label) }))} />
        </Form.Item>
        <Form.Item name="number" label={t("audit.number")} dependencies={["kind"]} rules={[({ getFieldValue }) => ({
          validator: (_, value: string | undefined) => (value?.trim() && !getFieldValue("kind") ? Promise.reject(new Error(t("audit.kind.first"))) : Promise.resolve()),
        })]}><Input allowClear maxLength={300} /></Form.Item>
        <Form.Item name="outcome" label={t("outcome")}>
          <Select allowClear options={OUTCOMES.map((o) => ({ value: o, label: t(`outcome.${o}` as Key) }))} />
        </Form.Item>
        <Form.Item name="from" label={t("audit.from")}><DayInput moment /></Form.Item>
        <Form.Item name="to" label={t("audit.to")}><DayInput moment /></Form.Item>
      </div>
      <div className="bar">
        <Button type="primary" htmlType="submit">{t("find")}</Button>
        <Button onClick={() => onAsk(NOTHING)}>{t("audit.clear")}</Button>
      </div>
    </Form>
  );
}
