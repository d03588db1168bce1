import { useState } from "react";
import { asProblem, send, useAsk, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { Button, Form, Head, Input, InputNumber, Nothing, Panel, Problem, Table, Tag } from "../ui";

type Token = { id: string; name: string; system: string | null; scopes: string[]; expires_at: string; revoked: boolean; at: string };

export default function Tokens() {
  const { t, moment } = useSpeech();
  const asked = useAsk<{ items: Token[] }>("/tokens");
  const [secret, setSecret] = useState<string>();
  const [problem, setProblem] = useState<ProblemError>();
  const act = async (what: () => Promise<void>) => {
    setProblem(undefined);
    try {
      await what();
      asked.reload();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  const make = (given: { name: string; days: number }) => act(async () => setSecret((await send<{ token: string }>("POST", "/tokens", given)).token));
  return (
    <>
      <Head title={t("nav.tokens")} about={t("tokens.about")} />
      <Problem of={problem ?? asked.problem} />
      <Panel title={t("tokens.new")}>
        <Form layout="inline" initialValues={{ days: 90 }} onFinish={(v: { name: string; days: number }) => void make(v)}>
          <Form.Item label={t("name")} name="name" rules={[{ required: true, message: t("required") }]}><Input /></Form.Item>
          <Form.Item label={t("tokens.days")} name="days" rules={[{ required: true, message: t("required") }]}><InputNumber min={1} max={366} /></Form.Item>
          <Button type="primary" htmlType="submit">{t("tokens.make")}</Button>
        </Form>
        {secret && <p role="status">{t("tokens.once")} <strong className="mono">{secret}</strong></p>}
      </Panel>
      <Panel>
        <Table<Token> label={t("nav.tokens")} rows={asked.data?.items ?? []} id={(x) => x.id} loading={asked.loading} empty={<Nothing>{t("tokens.none")}</Nothing>} columns={[
          { name: "name", title: t("name"), show: (x) => x.name },
          { name: "scopes", title: t("tokens.scopes"), show: (x) => x.scopes.join(", ") },
          { name: "expires", title: t("tokens.expires"), show: (x) => moment(x.expires_at) },
          { name: "state", title: t("status"), show: (x) => x.revoked ? <Tag tone="bad">{t("tokens.ended")}</Tag> : <Tag tone="good">{t("tokens.live")}</Tag> },
          { name: "end", title: t("action"), show: (x) => x.revoked ? null : <Button size="small" danger onClick={() => void act(() => send("DELETE", `/tokens/${x.id}`))}>{t("tokens.end")}</Button> },
        ]} />
      </Panel>
    </>
  );
}
