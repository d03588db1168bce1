import { useState } from "react";
import { useAsk, type Label } from "../api";
import { useSpeech } from "../i18n";
import { Head, Nothing, Panel, Problem, Segmented, Table, Tag, type Tone } from "../ui";

type Places = { regions: string[]; organisations: string[]; plants: string[]; systems: string[] };
type Rule = {
  rule: string; label: Label; effect: string; effect_label: Label; clause: string; basis: string | null; ships: boolean;
  from: Places; to: { regions: string[]; outside: string[]; systems: string[] };
  entities: Label[]; fields: Label[]; personal: boolean; at_least: string | null;
};
type Cell = { kind: string; from: string; to: string; effect: string; rule: string | null; also: string[] };
type Answer = {
  items: Rule[]; effects: Record<string, Label>; regions: string[]; kinds: { name: string; label: Label }[]; matrix: Cell[];
  places: ({ region: string } & Omit<Places, "regions">)[]; you: { region: string | null; system: string | null };
};
const TONES: Record<string, Tone> = { allow: "good", mask: "warn", refuse: "bad" };

/** Who may read what from where: as a table of regions, and as the rules behind it in the order in which they are read. */
export default function Sharing() {
  const { t } = useSpeech();
  const asked = useAsk<Answer>("/sharing-rules");
  const you = asked.data?.you.region;
  return (
    <>
      <Head title={t("sharing")} about={t("sharing.about")}>
        {asked.data && <Tag>{you ? t("sharing.you", { region: you }) : t("sharing.you.nowhere")}</Tag>}
      </Head>
      <Problem of={asked.problem} retry={asked.reload} />
      {asked.data && <MatrixPanel of={asked.data} />}
      <Rules of={asked.data?.items ?? []} kinds={asked.data?.kinds ?? []} loading={asked.loading} />
      {asked.data && <Regions of={asked.data.places} />}
    </>
  );
}

function MatrixPanel({ of }: { of: Answer }) {
  const { t, word } = useSpeech();
  const [kind, setKind] = useState("personal");
  const cell = (from: string, to: string) => of.matrix.find((c) => c.kind === kind && c.from === from && c.to === to);
  return (
    <Panel title={t("sharing.matrix")}>
      <p className="quiet">{t("sharing.matrix.about")}</p>
      <div className="bar slide">
        <Segmented aria-label={t("sharing.kind")} value={kind} onChange={(v) => setKind(String(v))} options={of.kinds.map((k) => ({ value: k.name, label: word(k.label) }))} />
      </div>
      <Table<{ region: string }> fit label={t("sharing.matrix")} rows={of.regions.map((region) => ({ region }))} id={(r) => r.region} columns={[
        { name: "from", title: t("sharing.from.to"), show: (r) => <strong>{r.region}</strong> },
        ...of.regions.map((to) => ({
          name: to, title: to,
          show: (r: { region: string }) => {
            const found = cell(r.region, to);
            if (!found) return null;
            return (
              <>
                <Tag tone={TONES[found.effect] ?? "plain"}>{word(of.effects[found.effect])}</Tag>
                {found.rule && <><br /><span className="mono quiet">{found.rule}</span></>}
                {found.also.length > 0 && <><br /><span className="quiet">{t("sharing.also")} <span className="mono">{found.also.join(", ")}</span></span></>}
              </>
            );
          },
        })),
      ]} />
    </Panel>
  );
}

function Rules({ of, kinds, loading }: { of: Rule[]; kinds: Answer["kinds"]; loading: boolean }) {
  const { t, word } = useSpeech();
  return (
    <Panel title={t("sharing.rules")}>
      <p className="quiet">{t("sharing.rules.about")}</p>
      <Table<Rule> fit label={t("sharing.rules")} rows={of} id={(r) => r.rule} loading={loading} columns={[
        { name: "rule", title: t("sharing.rule"), show: (r) => <>{word(r.label)}<br /><span className="mono quiet">{r.rule}</span> {r.ships && <Tag>{t("sharing.ships")}</Tag>}</> },
        { name: "effect", title: t("sharing.effect"), show: (r) => <Tag tone={TONES[r.effect] ?? "plain"}>{word(r.effect_label)}</Tag> },
        { name: "data", title: t("sharing.data"), show: (r) => <DataOf rule={r} kinds={kinds} /> },
        { name: "from", title: t("sharing.from"), show: (r) => [...r.from.regions, ...r.from.organisations, ...r.from.plants, ...r.from.systems].join(", ") || t("sharing.anywhere") },
        { name: "to", title: t("sharing.to"), show: (r) => [...r.to.regions, ...r.to.outside.map((x) => t("sharing.outside", { region: x })), ...r.to.systems].join(", ") },
        { name: "clause", title: t("sharing.clause"), show: (r) => <>{r.clause}{r.basis && <><br /><span className="quiet">{t("sharing.basis")} {r.basis}</span></>}</> },
      ]} />
    </Panel>
  );
}

/** Which data a rule speaks of, in words. */
function DataOf({ rule, kinds }: { rule: Rule; kinds: Answer["kinds"] }) {
  const { t, word, language } = useSpeech();
  const listed = (labels: Label[]) => labels.map(word).join(language === "en" ? ", " : "、");
  const said = [
    rule.entities.length ? listed(rule.entities) : t("sharing.every"),
    rule.fields.length ? listed(rule.fields) : "",
    rule.personal ? t("sharing.personal") : "",
    rule.at_least ? t("sharing.at_least", { level: word(kinds.find((k) => k.name === rule.at_least)?.label) || rule.at_least }) : "",
  ];
  return <>{said.filter(Boolean).join(" · ")}</>;
}

function Regions({ of }: { of: Answer["places"] }) {
  const { t } = useSpeech();
  return (
    <Panel title={t("sharing.places")}>
      <Table<Answer["places"][number]> fit label={t("sharing.places")} rows={of} id={(p) => p.region} empty={<Nothing>{t("sharing.places.none")}</Nothing>} columns={[
        { name: "region", title: t("sharing.region"), show: (p) => <strong>{p.region}</strong> },
        { name: "organisations", title: t("sharing.organisations"), show: (p) => p.organisations.join(", ") || "–" },
        { name: "plants", title: t("sharing.plants"), show: (p) => p.plants.join(", ") || "–" },
        { name: "systems", title: t("sharing.systems"), show: (p) => p.systems.join(", ") || "–" },
      ]} />
    </Panel>
  );
}
