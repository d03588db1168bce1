import { useCallback } from "react";
import { useAsk } from "../api";
import { useSpeech } from "../i18n";
import { Form, Input } from "../ui";
import { ProviderProof } from "./ProviderProof";

export type Proof = { password: string; code?: string };

/** The proof that it is oneself, given again before what cannot be taken back, or changes one's account. */
export function ProofFields({ second, label }: { second: boolean; label?: string }) {
  const { t } = useSpeech();
  return (
    <>
      <Form.Item label={label ?? t("account.present")} name="password" rules={[{ required: true, message: t("required") }]}><Input.Password autoComplete="current-password" /></Form.Item>
      {second && <Form.Item label={t("sign.code")} name="code" rules={[{ required: true, message: t("required") }]}><Input autoComplete="one-time-code" inputMode="numeric" /></Form.Item>}
    </>
  );
}

/** The same inside a form about something else; whoever has no password here proves at their provider. */
export function InPerson() {
  const { t } = useSpeech();
  const form = Form.useFormInstance();
  const second = useAsk<{ second_factor: boolean }>("/account").data?.second_factor ?? false;
  const setTicket = useCallback((ticket: string) => form.setFieldValue("password", ticket), [form]);
  return <><ProofFields second={second} label={t("sign.password")} /><ProviderProof onTicket={setTicket} /></>;
}
