import { useState } from "react";
import { query, useAsk } from "../api";
import { useSpeech } from "../i18n";
import { Search } from "../meta/EntityList";
import { useCalled } from "../shell/names";
import { go, link, withSearch, type Route } from "../shell/route";
import { Head, Nothing, Panel, Problem, Waiting } from "../ui";
import { Suggestions, type LinkKind, type Linking_, type Suggested } from "./Belonging";
import { Became } from "./Deciding";
import { Linking } from "./Linking";
import type { Made } from "./model";

/** What names suggest about how golden records belong together, for a steward to confirm or to say otherwise. */
export function Links({ entity, route }: { entity: string; route: Route }) {
  const { t, number } = useSpeech();
  const called = useCalled();
  const q = route.search.get("q") ?? "";
  const asked = useAsk<{ kinds: LinkKind[]; items: Suggested[]; total: number }>(`/masters/${entity}/links${query({ q, limit: 200 })}`);
  const [saying, setSaying] = useState<Linking_>();
  const [became, setBecame] = useState<Made>();
  return (
    <>
      <p><a href={link("masters", entity)}>← {t("masters.list")}</a></p>
      <Head title={t("hierarchy.title")} about={`${called(entity)} · ${t("hierarchy.about")}`} />
      <Became of={became} />
      <Panel title={t("hierarchy.suggested")}>
        <div className="bar"><Search value={q} label={t("masters.search")} onSearch={(text) => go(withSearch(route, { q: text || null }))} /></div>
        <Problem of={asked.problem} retry={asked.reload} />
        {!asked.data && !asked.problem && <Waiting />}
        {asked.data?.items.length === 0 && <Nothing>{t("hierarchy.suggested.none")}</Nothing>}
        {asked.data && asked.data.items.length > 0 && <>
          <p className="quiet">{t("hierarchy.suggested.n", { n: number(asked.data.total) })}</p>
          <Suggestions entity={entity} kinds={asked.data.kinds} of={asked.data.items} onSay={(of) => { setBecame(undefined); setSaying(of); }} />
        </>}
      </Panel>
      <Linking of={saying} entity={entity} onClose={() => setSaying(undefined)} onDone={(made) => { setSaying(undefined); setBecame(made); asked.reload(); }} />
    </>
  );
}
