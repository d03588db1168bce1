import { useState } from "react";
import { address, asProblem, useAsk, type DemoAccount, type Problem as ProblemError } from "../api";
import { useSpeech, type Key } from "../i18n";
import { Button, Form, Input, Problem } from "../ui";
import { LanguageSwitch } from "./LanguageSwitch";
import { useProviders } from "./ProviderProof";
import { useRoute } from "./route";
import { useSession } from "./session";

// Why an answer from a provider let nobody in, in words; whatever failed of the token itself is one and the same to a person.
const REASONS: Record<string, Key> = {
  account: "sign.refused.account", roles: "sign.refused.roles", disabled: "sign.refused.disabled", state: "sign.refused.state",
  refused: "sign.refused.refused", "identity-unreachable": "sign.refused.unreachable",
};

export function SignIn() {
  const { t, word } = useSpeech();
  const { signIn } = useSession();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const providers = useProviders();
  const refused = useRoute().search.get("refused");
  const [second, setSecond] = useState(false);
  const demo = useAsk<{ items: DemoAccount[] }>("/demo-accounts").data?.items ?? [];
  const enter = async (given: { username: string; password: string; code?: string }) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await signIn(given.username.trim(), given.password, given.code?.trim() || undefined);
    } catch (error) {
      const told = asProblem(error);
      const asked = told.code === "second-factor";
      setProblem(asked && !given.code ? undefined : told);
      setSecond(asked);
      setBusy(false);
    }
  };
  return (
    <main className="sign panel">
      <div className="bar"><h1>医脉 Medthread</h1><span style={{ flex: 1 }} /><LanguageSwitch /></div>
      <p className="quiet">{t("sign.about")}</p>
      <Problem of={problem} />
      {refused && !problem && <div className="problem" role="alert"><strong>{t(REASONS[refused] ?? "sign.refused.token")}</strong></div>}
      <Form layout="vertical" onFinish={enter} requiredMark={false}>
        <Form.Item label={t("sign.name")} name="username" rules={[{ required: true, message: t("required") }]}>
          <Input autoComplete="username" autoFocus />
        </Form.Item>
        <Form.Item label={t("sign.password")} name="password" rules={[{ required: true, message: t("required") }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        {second && (
          <Form.Item label={t("sign.code")} name="code" extra={t("sign.code.about")} rules={[{ required: true, message: t("required") }]}>
            <Input autoComplete="one-time-code" inputMode="numeric" autoFocus />
          </Form.Item>
        )}
        <Button type="primary" htmlType="submit" loading={busy} block>{t("sign.in")}</Button>
      </Form>
      {providers.map((p) => <Button key={p.name} block href={address(`/providers/${encodeURIComponent(p.name)}`)} style={{ marginTop: 12 }}>{word(p.label)}</Button>)}
      {demo.length > 0 && (
        <section aria-label={t("sign.demo")} style={{ marginTop: 20 }}>
          <h2 style={{ fontSize: 14 }}>{t("sign.demo")}</h2>
          <div className="accounts">
            {demo.map((a) => (
              <Button key={a.username} size="small" disabled={busy} onClick={() => void enter(a)}>
                {word(a.title)}
              </Button>
            ))}
          </div>
        </section>
      )}
    </main>
  );
}
