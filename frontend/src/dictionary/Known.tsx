import { useAsk, type Label } from "../api";
import { useSpeech, type Key } from "../i18n";
import { Way } from "../quality/Way";
import { TONES, stateOf, type One } from "../quality/rule";
import { link } from "../shell/route";
import { Facts, Nothing, Problem, Table, Tag, Waiting } from "../ui";
import type { Part } from "./model";

const path = (subject: string, what: string) => `/dictionary-entries/${encodeURIComponent(subject)}/${what}`;

/** Some values as this reader sees them, or why there are none. */
export function Examples({ subject }: { subject: string }) {
  const { t, word } = useSpeech();
  const asked = useAsk<{ items: string[]; because: Label | null; release?: string }>(path(subject, "examples"));
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const { items, because, release } = asked.data;
  if (!items.length) return <Nothing>{because ? word(because) : t("dictionary.no_values")}</Nothing>;
  return <><ul className="mono">{items.map((v) => <li key={v} className="break">{v}</li>)}</ul>{release && <p className="quiet">{t("dictionary.of_release", { release })}</p>}</>;
}

type Quality = { index: Part | null; rules: One[]; incidents: { entity: string | null; items: { id: string; title: string; rule: string; state: string; broken: number }[] } };

/** How good it is: the index and its way, the rules as they stand, what is open. */
export function Quality({ subject }: { subject: string }) {
  const { t, word, number } = useSpeech();
  const asked = useAsk<Quality>(path(subject, "quality"));
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const { index, rules, incidents } = asked.data;
  return (
    <>
      {index ? (
        <Facts of={[
          [t("dictionary.index"), <>{index.index.toFixed(2)}% <Way of={index.trend} label={t("dictionary.index")} /></>], [t("checked"), number(index.checked)], [t("failed"), number(index.broken)],
          ...(index.target === null ? [] : [[t("dictionary.target"), <Tag tone={index.meets ? "good" : "bad"}>{index.target}%</Tag>] as [string, React.ReactNode]]),
        ]} />
      ) : <p className="quiet">{t("dictionary.never_checked")}</p>}
      <h2>{t("rules")}</h2>
      <Table<One> fit label={t("rules")} rows={rules} id={(r) => r.id} columns={[
        { name: "rule", title: t("rules"), width: 220, show: (r) => <><a href={link("quality", r.id)}>{word(r.label)}</a><div className="mono quiet break">{r.id}</div></> },
        { name: "state", title: t("status"), show: (r) => <Tag tone={TONES[stateOf(r)]}>{t(`quality.state.${stateOf(r)}` as Key)}</Tag> },
        { name: "checked", title: t("checked"), align: "right", show: (r) => number(r.checked) }, { name: "failed", title: t("failed"), align: "right", show: (r) => number(r.broken) },
      ]} />
      <h2>{t("dictionary.incidents")}</h2>
      {incidents.items.length ? (
        <ul>{incidents.items.map((i) => <li key={i.id}><a href={link("entities", incidents.entity ?? "", i.id)}>{i.title}</a> <span className="mono quiet">{i.rule}</span></li>)}</ul>
      ) : <p className="quiet">{t("dictionary.no_incidents")}</p>}
    </>
  );
}

type Used = {
  models: { name: string; label: Label; fields: string[] | null; certain: boolean }[]; references: { subject: string; label: Label }[]; rules: { id: string; label: Label }[];
  offers: { kind: string; kind_label: Label; label: Label; address: string }[];
};

/** What reads it, refers to it, judges it and gives it out. */
export function Use({ subject }: { subject: string }) {
  const { t, word } = useSpeech();
  const asked = useAsk<Used>(path(subject, "use"));
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const { models, references, rules, offers } = asked.data;
  const part = (title: Key, items: React.ReactNode[]) => <><h2>{t(title)} <span className="quiet">{items.length}</span></h2>{items.length ? <ul>{items}</ul> : <p className="quiet">–</p>}</>;
  return (
    <>
      {part("nav.models", models.map((m) => <li key={m.name}><a href={link("models", m.name)}>{word(m.label)}</a>{!m.certain && <> <Tag tone="warn">{t("dictionary.uncertain")}</Tag></>}</li>))}
      {part("dictionary.references", references.map((r) => <li key={r.subject}><a href={link("dictionary", r.subject)}>{word(r.label)}</a></li>))}
      {part("rules", rules.map((r) => <li key={r.id}><a href={link("quality", r.id)}>{word(r.label)}</a> <span className="mono quiet">{r.id}</span></li>))}
      {part("dictionary.offers", offers.map((o) => <li key={o.address}>{word(o.kind_label)} <span className="mono">{o.address}</span></li>))}
    </>
  );
}
