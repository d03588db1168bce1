import { useState } from "react";
import { asProblem, useAsk, type DemoAccount, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { Button, Form, Input, Problem } from "../ui";
import { LanguageSwitch } from "./LanguageSwitch";
import { useSession } from "./session";

export function SignIn() {
  const { t, word } = useSpeech();
  const { signIn } = useSession();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
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
