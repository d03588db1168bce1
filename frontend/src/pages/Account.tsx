import { useState } from "react";
import { asProblem, send, useAsk, type Problem as ProblemError } from "../api";
import { useSpeech, type Key } from "../i18n";
import { ProofFields, type Proof } from "../shell/InPerson";
import { useSession } from "../shell/session";
import { device } from "./device";
import { Button, Form, Head, Input, Panel, Problem, QRCode, Switch, Table, Tag } from "../ui";

type Open = { id: string; at: string; last_seen_at: string; device: string; address: string; factors: string[]; current: boolean };
type Notices = { offered: boolean; mail: { address: string; refused: string | null } | null };
type Own = { must: string[]; second_factor: boolean; recovery_codes: number; sessions: Open[]; shortest_password: number; notices: Notices };

function Codes({ codes }: { codes: string[] }) {
  const { t } = useSpeech();
  return <div role="status"><p>{t("account.recovery.once")}</p><ul className="codes mono">{codes.map((c) => <li key={c}>{c}</li>)}</ul></div>;
}

export default function Account() {
  const { t, moment } = useSpeech();
  const { session, again } = useSession();
  const asked = useAsk<Own>("/account");
  const [problem, setProblem] = useState<ProblemError>();
  const [done, setDone] = useState<Key>();
  const [begun, setBegun] = useState<{ secret: string; uri: string }>();
  const [codes, setCodes] = useState<string[]>();
  const [newPassword] = Form.useForm();
  const own = asked.data;
  const second = own?.second_factor ?? false;

  const act = async (what: () => Promise<void>, said?: Key) => {
    setProblem(undefined);
    setDone(undefined);
    try {
      await what();
      setDone(said);
      asked.reload();
      await again();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  const change = (v: Proof & { fresh: string; keep_tokens?: boolean }) => act(async () => { await send("PUT", "/account/password", v); newPassword.resetFields(); }, "account.password.changed");
  const begin = (v: Proof) => act(async () => setBegun(await send("POST", "/account/second-factor", v)));
  const confirm = (v: { code: string }) => act(async () => {
    setCodes((await send<{ recovery_codes: string[] }>("PUT", "/account/second-factor", v)).recovery_codes);
    setBegun(undefined);
  }, "account.second.set");
  const remove = (v: Proof) => act(async () => { await send("POST", "/account/second-factor/removal", v); setCodes(undefined); }, "account.second.removed");
  const renew = (v: Proof) => act(async () => setCodes((await send<{ recovery_codes: string[] }>("POST", "/account/recovery-codes", v)).recovery_codes));
  const tell = (address: string | null) => act(() => send("PUT", "/account/notices", { address }), address ? "account.notices.kept" : "account.notices.gone");

  return (
    <>
      <Head title={t("nav.account")} about={session?.name} />
      {session?.must.map((m) => <p key={m} className="problem" role="alert">{t(`account.must.${m}` as Key)}</p>)}
      <Problem of={problem ?? asked.problem} />
      {done && <p role="status"><Tag tone="good">{t(done)}</Tag></p>}
      <div className="split">
        <Panel title={t("account.password")}>
          <p className="quiet">{t("account.password.about", { n: own?.shortest_password ?? "" })}</p>
          <Form name="own_password" form={newPassword} layout="vertical" requiredMark={false} onFinish={(v: Proof & { fresh: string; keep_tokens?: boolean }) => void change(v)}>
            <ProofFields second={second} />
            <Form.Item label={t("account.fresh")} name="fresh" rules={[{ required: true, message: t("required") }]}><Input.Password autoComplete="new-password" /></Form.Item>
            <Form.Item label={t("account.tokens.keep")} name="keep_tokens" valuePropName="checked"><Switch /></Form.Item>
            <Button type="primary" htmlType="submit">{t("account.change")}</Button>
          </Form>
        </Panel>
        <Panel title={t("account.second")}>
          <p className="quiet">{t("account.second.about")}</p>
          {own && !second && !begun && (
            <Form name="own_code" layout="vertical" requiredMark={false} onFinish={(v: Proof) => void begin(v)}>
              <ProofFields second={false} />
              <Button htmlType="submit">{t("account.second.begin")}</Button>
            </Form>
          )}
          {begun && (
            <>
              <QRCode value={begun.uri} aria-label={t("account.second.scan")} />
              <p>{t("account.second.scan")} <span className="mono">{begun.secret}</span></p>
              <Form name="own_factor" layout="inline" requiredMark={false} onFinish={(v: { code: string }) => void confirm(v)}>
                <Form.Item label={t("sign.code")} name="code" rules={[{ required: true, message: t("required") }]}><Input autoComplete="one-time-code" inputMode="numeric" /></Form.Item>
                <Button type="primary" htmlType="submit">{t("account.second.confirm")}</Button>
              </Form>
            </>
          )}
          {codes && <Codes codes={codes} />}
          {second && (
            <>
              <p><Tag tone="good">{t("account.second.on")}</Tag> {t("account.recovery.left", { n: own?.recovery_codes ?? 0 })}</p>
              <Form name="own_recovery" layout="vertical" requiredMark={false} onFinish={(v: Proof) => void renew(v)}>
                <ProofFields second />
                <Button htmlType="submit">{t("account.recovery.renew")}</Button>
              </Form>
              <Form name="own_removal" layout="vertical" requiredMark={false} style={{ marginTop: 16 }} onFinish={(v: Proof) => void remove(v)}>
                <ProofFields second />
                <Button danger htmlType="submit">{t("account.second.remove")}</Button>
              </Form>
            </>
          )}
        </Panel>
      </div>
      {own && (
        <Panel title={t("account.notices")}>
          <p className="quiet">{t("account.notices.about")}</p>
          {!own.notices.offered && <p className="quiet">{t("account.notices.none")}</p>}
          {own.notices.mail?.refused && <p className="problem" role="alert">{t("account.notices.refused", { said: own.notices.mail.refused })}</p>}
          <Form name="own_notices" layout="inline" requiredMark={false} initialValues={{ address: own.notices.mail?.address }}
            onFinish={(v: { address?: string }) => void tell(v.address?.trim() || null)}>
            <Form.Item label={t("account.notices.address")} name="address"><Input type="email" autoComplete="email" style={{ width: "min(280px, 55vw)" }} /></Form.Item>
            <Button htmlType="submit">{t("account.notices.save")}</Button>
          </Form>
        </Panel>
      )}
      <Panel title={t("account.sessions")}>
        <Table<Open> fit label={t("account.sessions")} rows={own?.sessions ?? []} id={(s) => s.id} loading={asked.loading} columns={[
          { name: "device", title: t("account.device"), show: (s) => <span title={s.device}>{device(s.device)}</span> },
          { name: "address", title: t("account.address"), show: (s) => <span className="mono">{s.address}</span> },
          { name: "at", title: t("account.since"), show: (s) => moment(s.at) },
          { name: "seen", title: t("account.seen"), show: (s) => moment(s.last_seen_at) },
          { name: "end", title: t("action"), show: (s) => s.current ? <Tag tone="good">{t("account.current")}</Tag>
            : <Button size="small" danger onClick={() => void act(() => send("DELETE", `/account/sessions/${s.id}`))}>{t("account.end")}</Button> },
        ]} />
      </Panel>
    </>
  );
}
