import { useState } from "react";
import { useAsk } from "../api";
import { useSpeech, type Key } from "../i18n";
import { Search } from "../meta/EntityList";
import { STANDINGS, STATES, TONES, stateOf, type Line, type Told } from "../models/model";
import { ModelPage } from "../models/ModelPage";
import { go, link, withSearch, type Route } from "../shell/route";
import { Button, Head, Nothing, Panel, Problem, Select, Table, Tag, type Sorted } from "../ui";
import { useNarrow } from "../ui/narrow";

export default function Models({ route }: { route: Route }) {
  const name = route.path[1];
  return name ? <ModelPage key={name} name={name} route={route} /> : <List route={route} />;
}

const BY: Record<string, (m: Line) => string | number> = {
  name: (m) => m.name, owner: (m) => m.owner, tests: (m) => STATES.indexOf(stateOf(m)), rows: (m) => m.rows ?? -1, seconds: (m) => m.seconds ?? -1, built: (m) => m.built_at ?? "",
};

function ordered(models: Line[], sorted: Sorted): Line[] {
  const by = BY[sorted?.name ?? "name"] ?? BY.name!;
  const up = [...models].sort((a, b) => (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : a.name.localeCompare(b.name)));
  return sorted?.descending ? up.reverse() : up;
}

function List({ route }: { route: Route }) {
  const { t, word, number, moment } = useSpeech();
  const asked = useAsk<{ items: Line[]; fault: Told | null }>("/models");
  const [sorted, setSorted] = useState<Sorted>(null);
  const narrow = useNarrow();
  const [q, state] = [route.search.get("q") ?? "", route.search.get("state") ?? ""];
  const items = asked.data?.items ?? [];
  const needle = q.toLowerCase();
  const found = items.filter((m) => (!state || stateOf(m) === state)
    && [m.name, m.label.zh, m.label.en, m.meaning.zh, m.meaning.en, m.owner_label.zh, m.owner_label.en].some((text) => text.toLowerCase().includes(needle)));
  const changed = items.filter((m) => m.standing !== "in_force").length;
  return (
    <>
      <Head title={t("nav.models")} about={t("models.about")}>
        <Button href="#/model-plan" type={changed ? "primary" : "default"}>{changed ? t("models.waiting", { n: changed }) : t("nav.model-plan")}</Button>
      </Head>
      {asked.data?.fault && <Unread of={asked.data.fault} />}
      <Panel>
        <div className="bar">
          <Search value={q} label={t("models.search")} onSearch={(text) => go(withSearch(route, { q: text || null }))} />
          <Select style={{ width: 160 }} aria-label={t("models.tests")} value={state} onChange={(v: string) => go(withSearch(route, { state: v || null }))}
            options={[{ value: "", label: t("models.state.any") }, ...STATES.map((s) => ({ value: s, label: `${t(`models.state.${s}`)} ${items.filter((m) => stateOf(m) === s).length}` }))]} />
        </div>
        <Problem of={asked.problem} retry={asked.reload} />
        {!asked.problem && (
          <Table<Line> fit label={t("nav.models")} rows={ordered(found, sorted)} id={(m) => m.name} loading={asked.loading} sorted={sorted} onSort={narrow ? undefined : setSorted}
            empty={<Nothing>{t(items.length ? "models.none.found" : "models.none")}</Nothing>} columns={[
              { name: "name", title: t("name"), sortable: true, width: 250, show: (m) => <><a href={link("models", m.name)}>{word(m.label)}</a> {m.standing !== "in_force" && <Tag tone={STANDINGS[m.standing]}>{t(`models.standing.${m.standing}`)}</Tag>}<div className="mono quiet break">{m.name}</div></> },
              { name: "tests", title: t("models.tests"), sortable: true, width: 150, show: (m) => <State of={m} /> },
              { name: "grain", title: t("models.grain"), width: 130, show: (m) => <span className="mono break">{m.grain.join(", ") || "–"}</span> },
              { name: "owner", title: t("owner"), sortable: true, width: 110, show: (m) => <>{word(m.owner_label)}<div className="quiet">{t(`models.origin.${m.origin}`)}</div></> },
              { name: "version", title: t("models.version"), align: "right", width: 64, show: (m) => m.version ?? "–" },
              { name: "rows", title: t("rows"), align: "right", sortable: true, width: 92, show: (m) => (m.rows === null ? "–" : number(m.rows)) },
              { name: "seconds", title: t("seconds"), align: "right", sortable: true, width: 80, show: (m) => (m.seconds === null ? "–" : m.seconds.toFixed(2)) },
              { name: "built", title: t("models.built"), sortable: true, width: 150, show: (m) => <span className="moment">{moment(m.built_at) || "–"}</span> },
            ]} />
        )}
      </Panel>
    </>
  );
}

/** A file of a model that cannot be read: what is in force stands, and nothing can be changed before it is mended. */
function Unread({ of }: { of: Told }) {
  const { t } = useSpeech();
  return <div className="problem" role="alert"><strong>{t("models.unread")}</strong><p>{of.message}</p><p>{of.hint}</p></div>;
}

/** How a model stands by its tests, in a word and in numbers. */
export function State({ of }: { of: Line }) {
  const { t } = useSpeech();
  const state = stateOf(of);
  const n = state === "held" ? of.tests.held : state === "failed" ? of.tests.failed : state === "warned" ? of.tests.warned : of.tests.asked;
  return <><Tag tone={TONES[state]}>{t(`models.state.${state}` as Key)}</Tag> {state !== "unbuilt" && <span className="quiet">{t("models.tests.n", { n })}</span>}</>;
}
