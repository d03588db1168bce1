import type { ReactNode } from "react";
import { address, query, useAsk, type Label } from "../api";
import { useSpeech, type Key } from "../i18n";
import { Search } from "../meta/EntityList";
import { go, link, withSearch, type Route } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Facts, Head, Panel, Problem, Quiet, Select, Table, Tag, Waiting, type Tone } from "../ui";

type Offered = {
  id: string; kind: string; kind_label: Label; name: string; label: Label; about: Label | null; owner_label: Label; domain: string; version: string;
  address: string; stability: string; stability_label: Label; reusable: boolean; sunset: string | null; successor: string | null;
  calls: number; refused: number; callers: number; last_at: string | null;
};
type Kind = { name: string; label: Label; count: number };
type Listed = { period_days: number; kinds: Kind[]; items: Offered[] };
type Consumer = { account: string | null; token: string | null; token_name: string | null; calls: number; refused: number; last_at: string };
type One = Offered & {
  period_days: number; days: { day: string; calls: number }[]; named: boolean; consumers: Consumer[]; schema: unknown;
  may_call: { who: "everybody" | "signed_in" | "roles"; action: string | null; roles: { name: string; label: Label }[] };
  reactions: { name: string; label: Label; domain: string; mode: string }[];
};
type Fact = [ReactNode, ReactNode];
const TONES: Record<string, Tone> = { internal: "plain", stable: "good", deprecated: "warn", withdrawn: "bad" };
const STABILITIES = ["stable", "internal", "deprecated", "withdrawn"];

export default function Services({ route }: { route: Route }) {
  const id = route.path[1];
  return id ? <Detail key={id} id={id} /> : <List route={route} />;
}

function List({ route }: { route: Route }) {
  const { t, word, number, moment } = useSpeech();
  const [q, kind, stability, used] = ["q", "kind", "stability", "used"].map((n) => route.search.get(n) ?? "");
  const asked = useAsk<Listed>(`/services${query({ q, kind, stability, used })}`);
  const move = (changes: Record<string, string | null>) => go(withSearch(route, changes));
  const days = asked.data?.period_days ?? 90;
  return (
    <>
      <Head title={t("nav.services")} about={t("services.about")}>
        <Button href={address("/openapi.json")}>OpenAPI</Button>
        <Button href={address("/asyncapi.json")}>AsyncAPI</Button>
      </Head>
      <Panel>
        <div className="bar">
          <Search value={q ?? ""} label={t("services.search")} onSearch={(text) => move({ q: text || null })} />
          <Select style={{ width: 170 }} aria-label={t("kind")} value={kind} onChange={(v: string) => move({ kind: v || null })}
            options={[{ value: "", label: t("services.every.kind") }, ...(asked.data?.kinds ?? []).map((k) => ({ value: k.name, label: `${word(k.label)} ${k.count}` }))]} />
          <Select style={{ width: 140 }} aria-label={t("services.stability")} value={stability} onChange={(v: string) => move({ stability: v || null })}
            options={[{ value: "", label: t("services.every.stability") }, ...STABILITIES.map((s) => ({ value: s, label: t(`stability.${s}` as Key) }))]} />
          <Select style={{ width: 140 }} aria-label={t("services.use")} value={used} onChange={(v: string) => move({ used: v || null })}
            options={[{ value: "", label: t("services.every.use") }, { value: "true", label: t("services.used") }, { value: "false", label: t("services.unused") }]} />
        </div>
        <Problem of={asked.problem} retry={asked.reload} />
        <Table<Offered> fit label={t("nav.services")} rows={asked.data?.items ?? []} id={(s) => s.id} loading={asked.loading} columns={[
          { name: "name", title: t("name"), show: (s) => <><a href={link("services", s.id)}>{word(s.label)}</a><div className="mono quiet break">{s.address}</div></> },
          { name: "kind", title: t("kind"), width: 92, show: (s) => <Tag>{word(s.kind_label)}</Tag> },
          { name: "stability", title: t("services.stability"), width: 120, show: (s) => <Ends of={s} /> },
          { name: "version", title: t("services.version"), width: 64, show: (s) => s.version || "–" },
          { name: "owner", title: t("owner"), width: 104, show: (s) => word(s.owner_label) },
          { name: "calls", title: t("services.calls", { n: days }), align: "right", width: 110, show: (s) => number(s.calls) },
          { name: "callers", title: t("services.callers"), align: "right", width: 80, show: (s) => number(s.callers) },
          { name: "last", title: t("services.last"), width: 132, show: (s) => <span className="moment">{s.last_at ? moment(s.last_at) : "–"}</span> },
        ]} />
      </Panel>
    </>
  );
}

/** How much it can be counted on; when it ends and what comes after it. */
function Ends({ of }: { of: Offered }) {
  const { t, word } = useSpeech();
  return (
    <>
      <Tag tone={TONES[of.stability]}>{word(of.stability_label)}</Tag>
      {of.sunset && <div className="quiet">{t("services.ends", { day: of.sunset })}</div>}
      {of.successor && <div className="quiet">→ <span className="mono break">{of.successor}</span></div>}
    </>
  );
}

function Detail({ id }: { id: string }) {
  const { t, word, number, moment } = useSpeech();
  const asked = useAsk<One>(`/services/${encodeURIComponent(id)}`);
  if (asked.problem) return <><Head title={t("nav.services")} /><Problem of={asked.problem} retry={asked.reload} /></>;
  if (!asked.data) return <Waiting />;
  const one = asked.data;
  return (
    <>
      <p><a href="#/services">← {t("nav.services")}</a></p>
      <Head title={word(one.label)} about={<span className="mono">{one.address}</span>}>
        <Tag tone={TONES[one.stability]}>{word(one.stability_label)}</Tag>
      </Head>
      <Panel>
        <Facts of={[
          [t("kind"), word(one.kind_label)], [t("technical"), <span className="mono">{one.id}</span>], [t("services.version"), one.version || "–"], [t("owner"), word(one.owner_label)],
          [t("services.reusable"), one.reusable ? t("yes") : t("services.internal")], [t("services.may"), <MayCall of={one.may_call} />],
          ...(one.successor ? [[t("services.successor"), <span className="mono">{one.successor}</span>] as Fact] : []),
          ...(one.sunset ? [[t("services.sunset"), one.sunset] as Fact] : []),
          ...(one.about ? [[t("definition"), word(one.about)] as Fact] : []),
        ]} />
      </Panel>
      <Panel title={t("services.consumers")}>
        <Facts of={[
          [t("services.calls", { n: one.period_days }), number(one.calls)], [t("services.refused"), number(one.refused)], [t("services.callers"), number(one.callers)],
          [t("services.last"), one.last_at ? moment(one.last_at) : "–"],
        ]} />
        {one.named ? (
          <Table<Consumer> fit label={t("services.consumers")} rows={one.consumers} id={(c) => `${c.account} ${c.token}`} columns={[
            { name: "account", title: t("services.account"), show: (c) => c.account ?? t("services.nobody") },
            { name: "token", title: t("services.token"), show: (c) => c.token_name ?? c.token ?? t("services.session") },
            { name: "calls", title: t("services.calls", { n: one.period_days }), align: "right", show: (c) => number(c.calls) },
            { name: "refused", title: t("services.refused"), align: "right", show: (c) => number(c.refused) },
            { name: "last", title: t("services.last"), show: (c) => moment(c.last_at) },
          ]} />
        ) : <Quiet>{t("services.unnamed")}</Quiet>}
        {one.kind === "event" && <Reactions of={one.reactions} />}
      </Panel>
      <Panel title={t("services.schema")}><pre className="raw">{JSON.stringify(one.schema, null, 1)}</pre></Panel>
    </>
  );
}

function MayCall({ of }: { of: One["may_call"] }) {
  const { t, word, language } = useSpeech();
  const rights = useMay("access:read");
  if (of.who !== "roles") return <>{t(`services.may.${of.who}` as Key)}</>;
  const action = <span className="mono">{of.action}</span>;
  return <>{of.roles.map((r) => word(r.label)).join(language === "en" ? ", " : "、")} ({rights ? <a href="#/rights">{action}</a> : action})</>;
}

function Reactions({ of }: { of: One["reactions"] }) {
  const { t, word } = useSpeech();
  return (
    <Table fit label={t("services.reactions")} rows={of} id={(r) => r.name} empty={<Quiet>{t("services.reactions.none")}</Quiet>} columns={[
      { name: "label", title: t("services.reactions"), show: (r) => word(r.label) },
      { name: "domain", title: t("services.domain"), show: (r) => r.domain },
      { name: "mode", title: t("services.mode"), show: (r) => t(`mode.${r.mode}` as Key) },
    ]} />
  );
}
