import { useState } from "react";
import { Holding } from "../changes/Holding";
import { ALL_KINDS } from "../changes/model";
import { Proposals, ProposalPage } from "../dictionary/Proposals";
import { useSpeech, type Key } from "../i18n";
import { go, withSearch, type Route } from "../shell/route";
import { Head, Panel, Select, Tabs } from "../ui";

/** Change requests of every kind, what waits first; and what holds by them. */
export default function Changes({ route }: { route: Route }) {
  const { t } = useSpeech();
  const [round, setRound] = useState(0);
  if (route.path[1]) return <ProposalPage key={route.path[1]} id={route.path[1]} />;
  const kind = route.search.get("kind") ?? "";
  const proposed = () => { setRound((n) => n + 1); go(withSearch(route, { tab: null })); };
  return (
    <>
      <Head title={t("nav.changes")} about={t("changes.about")} />
      <Panel>
        <Tabs activeKey={route.search.get("tab") ?? "requests"} onChange={(tab) => go(withSearch(route, { tab: tab === "requests" ? null : tab }))} items={[
          { key: "requests", label: t("changes.requests"), children: (
            <>
              <div className="bar">
                <Select style={{ width: 180 }} aria-label={t("kind")} value={kind} onChange={(v: string) => go(withSearch(route, { kind: v || null }))}
                  options={[{ value: "", label: t("changes.kind.any") }, ...ALL_KINDS.map((k) => ({ value: k, label: t(`changes.kind.${k}` as Key) }))]} />
              </div>
              <Proposals round={round} kind={kind} />
            </>
          ) },
          { key: "holding", label: t("changes.holding"), children: <Holding route={route} onProposed={proposed} /> },
        ]} />
      </Panel>
    </>
  );
}
