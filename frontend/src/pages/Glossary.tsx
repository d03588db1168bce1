import { useState, type ReactNode } from "react";
import { useAsk } from "../api";
import { Proposals, ProposalPage } from "../dictionary/Proposals";
import { Sheet } from "../dictionary/Sheet";
import { TermForm } from "../dictionary/TermForm";
import type { Entry } from "../dictionary/model";
import { useSpeech } from "../i18n";
import { go, link, withSearch, type Route } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Head, Nothing, Panel, Problem, Tabs, Tag, Waiting } from "../ui";

/** The desk of terms and definitions: the terms, and what was proposed. */
export default function Glossary({ route }: { route: Route }) {
  if (route.path[1] === "changes" && route.path[2]) return <ProposalPage key={route.path[2]} id={route.path[2]} />;
  return <Desk route={route} />;
}

function Desk({ route }: { route: Route }) {
  const { t } = useSpeech();
  const proposes = useMay("definitions:propose");
  const [making, setMaking] = useState(false);
  const [round, setRound] = useState(0);
  const done = () => { setMaking(false); setRound((n) => n + 1); go(withSearch(route, { tab: "changes" })); };
  return (
    <>
      <Head title={t("nav.glossary")} about={t("glossary.about")}>
        {proposes && <Button type="primary" onClick={() => setMaking(true)}>{t("glossary.new")}</Button>}
        <Sheet proposes={proposes} onDone={done} />
      </Head>
      <Panel>
        <Tabs activeKey={route.search.get("tab") ?? "terms"} onChange={(tab) => go(withSearch(route, { tab }))} items={[
          { key: "terms", label: t("glossary.terms"), children: <Terms /> }, { key: "changes", label: t("glossary.proposals"), children: <Proposals round={round} /> },
        ]} />
      </Panel>
      {making && <TermForm onDone={done} onClose={() => setMaking(false)} />}
    </>
  );
}

/** The terms under those that they are kinds of. */
function Terms() {
  const { t, word, language } = useSpeech();
  const asked = useAsk<{ items: Entry[] }>("/dictionary?sort=term");
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const terms = asked.data.items;
  const names = new Set(terms.map((e) => e.entity));
  const under = (parent: string | null): ReactNode => {
    const here = terms.filter((e) => (parent === null ? !e.parent || !names.has(e.parent) : e.parent === parent));
    return here.length ? <ul>{here.map((e) => (
      <li key={e.subject}>
        <a href={link("dictionary", e.subject)}>{word(e.label)}</a>{e.status === "deprecated" && <> <Tag tone="warn">{t("dictionary.deprecated")}</Tag></>}
        {e.synonyms.length > 0 && <span className="quiet"> ({e.synonyms.join(language === "en" ? ", " : "、")})</span>} <span className="quiet">{word(e.definition)}</span>
        {under(e.entity)}
      </li>
    ))}</ul> : null;
  };
  return terms.length ? <>{under(null)}</> : <Nothing>{t("glossary.no_terms")}</Nothing>;
}
