import { useState } from "react";
import { asProblem, getTagged, query, send, useAsk, type Label, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { Search } from "../meta/EntityList";
import { go, withSearch, type Route } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Form, Head, Input, Modal, Nothing, Pager, Panel, Problem, Select, Table, Tag } from "../ui";
import { usePages } from "../ui/usePages";

type Someone = {
  name: string; printed_name: string; roles: string[]; plants: string[]; organisations: string[]; regions: string[]; disabled_at: string | null;
  locked: boolean; second_factor: boolean; role_labels: Record<string, Label>; password_temporary: boolean; last_seen_at: string | null; local: boolean; resettable: boolean;
};
type Token = { id: string; name: string; expires_at: string };
type Role = { name: string; label: Label };
type Wanted = { kind: "state" | "password" | "rights" | "second"; of: Someone; tag?: string };

/** To which plants, organisations and regions an account is bound. */
function Scope({ of }: { of: Someone }) {
  const { t } = useSpeech();
  const bound = (["plants", "organisations", "regions"] as const).filter((n) => of[n].length > 0);
  return bound.length === 0 ? <>{t("accounts.all")}</> : <>{bound.map((n) => <div key={n}><span className="quiet">{t(`accounts.${n}`)}</span> {of[n].join(t("list.comma"))}</div>)}</>;
}

/** An account's live API tokens, each with the way to end it. */
function Tokens({ of, onProblem }: { of: string; onProblem: (problem: ProblemError) => void }) {
  const { t, moment } = useSpeech();
  const at = `/accounts/${encodeURIComponent(of)}`;
  const asked = useAsk<{ tokens: Token[] }>(at);
  const end = (id: string) => send("DELETE", `${at}/tokens/${id}`).then(asked.reload, (error: unknown) => onProblem(asProblem(error)));
  return (
    <Table<Token> fit label={t("accounts.tokens")} rows={asked.data?.tokens ?? []} id={(x) => x.id} loading={asked.loading} empty={<Nothing>{t("accounts.tokens.none")}</Nothing>} columns={[
      { name: "name", title: t("name"), show: (x) => x.name },
      { name: "expires", title: t("tokens.expires"), show: (x) => moment(x.expires_at) },
      { name: "end", title: t("action"), show: (x) => <Button size="small" danger onClick={() => void end(x.id)}>{t("tokens.end")}</Button> },
    ]} />
  );
}

export default function Accounts({ route }: { route: Route }) {
  const { t, word, moment } = useSpeech();
  const q = route.search.get("q") ?? "";
  const { asked, trail, setTrail } = usePages<Someone>(`/accounts${query({ q, limit: 50 })}`);
  const [keeps, gives, reads] = [useMay("accounts:write"), useMay("roles:assign"), useMay("access:read")];
  const roles = useAsk<{ items: Role[] }>(reads ? "/roles" : null).data?.items ?? [];
  const [wanted, setWanted] = useState<Wanted>();
  const [holder, setHolder] = useState<Someone>();
  const [problem, setProblem] = useState<ProblemError>();
  const [secret, setSecret] = useState<{ name: string; password: string }>();
  const doing = ({ kind, of }: Wanted) => (kind === "state" ? t(of.disabled_at ? "accounts.enable" : "accounts.disable") : t(`accounts.do.${kind}`));

  const act = async (what: () => Promise<void>) => {
    setProblem(undefined);
    try {
      await what();
      setWanted(undefined);
      asked.reload();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  const make = (v: { name: string; printed_name: string }) => act(async () => setSecret(await send("POST", "/accounts", v)));
  const rights = async (of: Someone) => {
    const { body, tag } = await getTagged<Someone>(`/accounts/${encodeURIComponent(of.name)}`);
    setWanted({ kind: "rights", of: body, tag });
  };
  const finish = (v: { reason: string; roles?: string[]; plants?: string[]; organisations?: string[]; regions?: string[] }) => act(async () => {
    if (!wanted) return;
    const at = `/accounts/${encodeURIComponent(wanted.of.name)}`;
    if (wanted.kind === "state") await send("PUT", `${at}/state`, { disabled: !wanted.of.disabled_at, reason: v.reason });
    if (wanted.kind === "password") setSecret(await send("POST", `${at}/password`, { reason: v.reason }));
    if (wanted.kind === "second") await send("POST", `${at}/second-factor-removal`, { reason: v.reason });
    if (wanted.kind === "rights") await send("PUT", `${at}/rights`, v, { "If-Match": wanted.tag ?? "" });
  });

  return (
    <>
      <Head title={t("nav.accounts")} about={t("accounts.about")} />
      {!wanted && !holder && <Problem of={problem ?? asked.problem} />}
      {secret && <p role="status">{t("accounts.once", { name: secret.name })} <strong className="mono">{secret.password}</strong></p>}
      {keeps && (
        <Panel title={t("accounts.new")}>
          <Form layout="inline" onFinish={(v: { name: string; printed_name: string }) => void make(v)}>
            <Form.Item label={t("sign.name")} name="name" rules={[{ required: true, message: t("required") }]}><Input autoComplete="off" /></Form.Item>
            <Form.Item label={t("accounts.printed")} name="printed_name" rules={[{ required: true, message: t("required") }]}><Input autoComplete="off" /></Form.Item>
            <Button type="primary" htmlType="submit">{t("accounts.make")}</Button>
          </Form>
        </Panel>
      )}
      <Panel>
        <div className="bar"><Search value={q} label={t("accounts.search")} onSearch={(text) => go(withSearch(route, { q: text || null }))} /></div>
        <Table<Someone> label={t("nav.accounts")} rows={asked.data?.items ?? []} id={(a) => a.name} loading={asked.loading} empty={<Nothing>{t("nothing.found")}</Nothing>} columns={[
          { name: "name", title: t("sign.name"), show: (a) => <>{a.printed_name} <span className="mono quiet">{a.name}</span></> },
          { name: "roles", title: t("accounts.roles"), show: (a) => a.roles.map((r) => word(a.role_labels[r]) || r).join(t("list.comma")) },
          { name: "scope", title: t("accounts.scope"), show: (a) => <Scope of={a} /> },
          { name: "state", title: t("status"), show: (a) => a.disabled_at ? <Tag tone="bad">{t("accounts.disabled")}</Tag> : a.locked ? <Tag tone="warn">{t("accounts.locked")}</Tag> : <Tag tone="good">{t("accounts.open")}</Tag> },
          { name: "second", title: t("account.second"), show: (a) => a.second_factor ? t("yes") : t("no") },
          { name: "seen", title: t("account.seen"), show: (a) => moment(a.last_seen_at) },
          { name: "do", title: t("action"), show: (a) => (
            <span className="bar" style={{ margin: 0 }}>
              {gives && <Button size="small" onClick={() => void rights(a)}>{t("accounts.rights")}</Button>}
              {gives && a.second_factor && <Button size="small" onClick={() => setWanted({ kind: "second", of: a })}>{t("account.second.remove")}</Button>}
              {keeps && a.resettable && <Button size="small" onClick={() => setWanted({ kind: "password", of: a })}>{t("accounts.reset")}</Button>}
              {keeps && <Button size="small" onClick={() => setHolder(a)}>{t("accounts.tokens")}</Button>}
              {keeps && <Button size="small" danger={!a.disabled_at} onClick={() => setWanted({ kind: "state", of: a })}>{t(a.disabled_at ? "accounts.enable" : "accounts.disable")}</Button>}
            </span>
          ) },
        ]} />
        <Pager trail={trail} next={asked.data?.next ?? null} shown={asked.data?.items.length ?? 0} onTrail={setTrail} />
      </Panel>
      <Modal open={holder !== undefined} title={holder && `${t("accounts.tokens")}: ${holder.printed_name}`} footer={null} destroyOnHidden onCancel={() => { setHolder(undefined); setProblem(undefined); }}>
        <Problem of={problem} />
        {holder && <Tokens of={holder.name} onProblem={setProblem} />}
      </Modal>
      <Modal open={wanted !== undefined} title={wanted && `${doing(wanted)}: ${wanted.of.printed_name}`} footer={null} destroyOnHidden onCancel={() => { setWanted(undefined); setProblem(undefined); }}>
        <Problem of={problem} />
        {wanted && (
          <Form layout="vertical" requiredMark={false} initialValues={wanted.kind === "rights" ? { roles: wanted.of.roles, plants: wanted.of.plants, organisations: wanted.of.organisations, regions: wanted.of.regions } : {}} onFinish={(v: { reason: string }) => void finish(v)}>
            {wanted.kind === "rights" && (
              <>
                <Form.Item label={t("accounts.roles")} name="roles">
                  <Select mode="multiple" optionFilterProp="label" options={roles.map((r) => ({ value: r.name, label: `${word(r.label)} ${r.name}` }))} />
                </Form.Item>
                <Form.Item label={t("accounts.plants")} name="plants" extra={t("accounts.empty")}><Select mode="tags" open={false} suffixIcon={null} /></Form.Item>
                <Form.Item label={t("accounts.regions")} name="regions" extra={t("accounts.empty")}><Select mode="tags" open={false} suffixIcon={null} /></Form.Item>
                <Form.Item label={t("accounts.organisations")} name="organisations" extra={t("accounts.empty")}><Select mode="tags" open={false} suffixIcon={null} /></Form.Item>
              </>
            )}
            <Form.Item label={t("reason")} name="reason" rules={[{ required: true, min: 2, message: t("required") }]}><Input.TextArea rows={2} /></Form.Item>
            <Button type="primary" htmlType="submit">{doing(wanted)}</Button>
          </Form>
        )}
      </Modal>
    </>
  );
}
