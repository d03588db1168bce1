import { useCallback, useEffect, useRef, useState } from "react";
import { asProblem, onceKey, send, type EntityMeta, type Field, type Problem as ProblemError, type Row } from "../api";
import { useSpeech } from "../i18n";
import { FieldInput, sentValue, shownValues } from "../meta/inputs";
import { ProviderProof } from "../shell/ProviderProof";
import { Button, Form, Input, Modal, Objections, Problem, Waiting } from "../ui";
import { stateOf, type Act, type Case, type Outcome } from "./case";
import { usePreview } from "./preview";
import { SignedContent } from "./SignedContent";

type Given = { entity: string; meta: EntityMeta; item: Row; tag: string; of: Case; act: Act | null; onDone: (act: Act, outcome: Outcome) => void; onClose: () => void };
type Pressed = { typed: Row; shown: string };

/** One act: what it will change and say, what it asks for, what stands in its way; and the signature under exactly that. */
export function ActDialog(given: Given) {
  const { word } = useSpeech();
  const { act, of, onClose } = given;
  const title = act && <>{word(act.label)} <span className="quiet">{word(stateOf(of.states, of.state))} → {word(stateOf(of.states, act.to))}</span></>;
  return (
    <Modal open={act !== null} title={title} footer={null} onCancel={onClose} width={act?.meaning ? 1080 : 720} style={{ top: 32 }} destroyOnHidden afterOpenChange={focusFirst}>
      {act && <Body key={act.action} {...given} act={act} />}
    </Modal>
  );
}

/** The first thing to fill in, once it is there and the dialog stands still: whichever comes last. Where somebody types already, they go on. */
function focusFirst(open: boolean): void {
  if (!open || document.activeElement?.closest(".act-dialog .how")) return;
  document.querySelector<HTMLElement>(".act-dialog .how :is(input, textarea)")?.focus();
}

function Body({ entity, meta, item, tag, act, onDone, onClose }: Given & { act: Act }) {
  const { t, word } = useSpeech();
  const [form] = Form.useForm<Row>();
  const fieldsOf = (names: string[]) => names.map((n) => meta.fields.find((f) => f.name === n)).filter((f): f is Field => f !== undefined);
  const asked = fieldsOf(act.asks);
  // What a rule looks at and the record leaves open can be given with the act, not only before it.
  const open = fieldsOf(act.considers).filter((f) => !f.masked && (item[f.name] === null || item[f.name] === ""));
  const asks = [...asked, ...open];
  const [values, setValues] = useState<Row>({});
  const { seen, problem: unseen, checking, again } = usePreview(`/entities/${entity}/${encodeURIComponent(String(item._id))}/acts/${act.action}`, tag, values);
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const [pressed, setPressed] = useState<Pressed>(); // what was sent off while the server was still looking at it
  const [moved, setMoved] = useState(false); // what is shown became another after it was sent off
  const key = useRef(onceKey());
  const signed = act.meaning !== null;
  const loaded = seen !== undefined;
  useEffect(() => focusFirst(loaded), [loaded]);
  const setTicket = useCallback((ticket: string) => form.setFieldValue("__password", ticket), [form]);
  const perform = async ({ typed, shown }: Pressed) => {
    setBusy(true);
    const body = {
      values: changed(asks, typed, item), reason: (typed.__reason as string | undefined)?.trim() || null,
      ...(signed ? { shown, password: typed.__password, totp: typed.__totp || null } : {}),
    };
    try {
      onDone(act, await send<Outcome>("POST", `/entities/${entity}/${encodeURIComponent(String(item._id))}/acts/${act.action}`, body, { "If-Match": tag, "Idempotency-Key": key.current }));
    } catch (error) {
      key.current = onceKey();
      setProblem(asProblem(error));
      form.setFieldValue("__totp", undefined);
      setBusy(false);
      again();
    }
  };
  const press = (typed: Row) => {
    if (!seen || pressed || busy) return;
    setProblem(undefined);
    setMoved(false);
    if (unseen) again();
    if (unseen || checking) setPressed({ typed, shown: seen.content_hash });
    else void perform({ typed, shown: seen.content_hash });
  };
  useEffect(() => {
    if (!pressed || checking || !seen) return;
    setPressed(undefined);
    if (unseen || seen.objections.length > 0) return; // it says itself why not
    // Nobody signs what they were not shown (21 CFR 11.70): where it became another, they look and press again.
    if (signed && seen.content_hash !== pressed.shown) setMoved(true);
    else void perform(pressed);
  }, [pressed, checking, seen, unseen]);
  if (unseen && !seen) return <Problem of={unseen} retry={again} />;
  if (!seen) return <Waiting />;
  const blocked = seen.objections.length > 0;
  const running = busy || pressed !== undefined;
  return (
    <Form form={form} layout="vertical" initialValues={shownValues(asks, item)} onFinish={press} className={signed ? "act-dialog signed" : "act-dialog"} aria-busy={checking || running}
      onValuesChange={(_, all) => setValues(changed(asks, all, item))}>
      {signed && (
        <section className="what" aria-label={t("sign.what")} tabIndex={0}>
          <h3>{t("sign.what")}</h3>
          <SignedContent meta={meta} content={seen.content} item={item} given={new Set(Object.keys(values))} />
          <p className="quiet mono hash" title={seen.content_hash}>{t("sign.hash", { hash: seen.content_hash.slice(0, 23) })}</p>
        </section>
      )}
      <div className="how">
        {act.evidence && <p className="evidence">{t("sign.evidence")}<strong>{word(act.evidence)}</strong></p>}
        <div className="grid">{asks.map((f) => (
          <Form.Item key={f.name} name={f.name} label={word(f.label)} extra={word(f.hint) || undefined} className={f.long ? "wide" : undefined} rules={asked.includes(f) ? [{ required: true, message: t("required") }] : []}>
            <FieldInput field={f} disabled={act.all_sign && act.signed.length > 0 /* all sign the same */} />
          </Form.Item>
        ))}</div>
        {blocked && <div className="problem" role="alert"><strong>{t("act.blocked", { n: seen.objections.length })}</strong><Objections of={seen.objections} /></div>}
        <Form.Item name="__reason" label={act.reason ? t("reason") : t("reason.optional")} rules={act.reason ? [{ required: true, whitespace: true, message: t("required") }] : []}>
          <Input.TextArea autoSize={{ minRows: 1, maxRows: 5 }} />
        </Form.Item>
        {signed && (
          <fieldset className="signature">
            <legend>{t("sign.as", { meaning: word(act.meaning_label) })}</legend>
            <p className="quiet">{t(seen.on_behalf_of ? "sign.for" : "sign.own", { who: seen.on_behalf_of ?? "" })}{act.all_sign ? ` ${t("sign.all")}` : ""}</p>
            <div className="factors">
              <Form.Item name="__password" label={t("sign.password")} rules={[{ required: true, message: t("required") }]}>
                <Input.Password autoComplete="current-password" />
              </Form.Item>
              {seen.factors.includes("totp") && (
                <Form.Item name="__totp" label={t("sign.totp")} rules={[{ required: true, message: t("required") }]}>
                  <Input inputMode="numeric" autoComplete="one-time-code" maxLength={10} />
                </Form.Item>
              )}
            </div>
            <ProviderProof onTicket={setTicket} />
          </fieldset>
        )}
        <Problem of={problem ?? unseen} retry={unseen && !problem ? again : undefined} />
        {moved && <div className="problem" role="alert"><strong>{t("sign.moved")}</strong></div>}
        <div className="bar end">
          {blocked && <Button onClick={again}>{t("act.again")}</Button>}
          <span className="grow quiet" aria-live="polite">{busy ? t(signed ? "sign.running" : "act.running") : checking ? t("act.checking") : ""}</span>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="primary" htmlType="submit" loading={running} disabled={blocked && !checking}>
            {signed ? t("sign.do", { meaning: word(act.meaning_label) }) : word(act.label)}
          </Button>
        </div>
      </div>
    </Form>
  );
}

/** The asked values that differ from the record as it stands. */
function changed(asks: Field[], typed: Row, item: Row): Row {
  const before = shownValues(asks, item);
  return Object.fromEntries(asks.filter((f) => typed[f.name] !== undefined && typed[f.name] !== before[f.name]).map((f) => [f.name, sentValue(f, typed[f.name])])
    .filter(([, v]) => v !== null));
}
