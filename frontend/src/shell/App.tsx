import { lazy, Suspense, useEffect, type ComponentType } from "react";
import { Speaking, useSpeech, type Key } from "../i18n";
import { Components, Head, Waiting } from "../ui";
import { InboxHolder } from "./inbox";
import { NamesHolder } from "./names";
import { Shell } from "./Shell";
import { SignIn } from "./SignIn";
import { useRoute, type Route } from "./route";
import { SessionHolder, useSession } from "./session";

type Page = ComponentType<{ route: Route }>;
const page = (load: () => Promise<{ default: Page }>): Page => lazy(load);

/** First part of the address to page; adding a page is one line here and one in the menu. */
const PAGES: Record<string, Page> = {
  "": page(() => import("../pages/Home")),
  dictionary: page(() => import("../pages/Dictionary")),
  codes: page(() => import("../pages/Codes")),
  changes: page(() => import("../pages/Changes")),
  glossary: page(() => import("../pages/Glossary")),
  handbook: page(() => import("../pages/Handbook")),
  contracts: page(() => import("../pages/Contracts")),
  lineage: page(() => import("../pages/Lineage")),
  entities: page(() => import("../pages/Entities")),
  trace: page(() => import("../pages/Trace")),
  masters: page(() => import("../pages/Masters")),
  sources: page(() => import("../pages/Sources")),
  writebacks: page(() => import("../pages/Writebacks")),
  runs: page(() => import("../pages/Runs")),
  quality: page(() => import("../pages/Quality")),
  profiles: page(() => import("../pages/Profiles")),
  quarantine: page(() => import("../pages/Quarantine")),
  corrections: page(() => import("../pages/Corrections")),
  udi: page(() => import("../pages/Udi")),
  releases: page(() => import("../pages/Releases")),
  audit: page(() => import("../pages/Audit")),
  tokens: page(() => import("../pages/Tokens")),
  account: page(() => import("../pages/Account")),
  proof: page(() => import("../pages/Proof")),
  accounts: page(() => import("../pages/Accounts")),
  rights: page(() => import("../pages/Rights")),
  inbox: page(() => import("../pages/Inbox")),
  processes: page(() => import("../pages/Processes")),
  rules: page(() => import("../pages/Rules")),
  delegations: page(() => import("../pages/Delegations")),
  retention: page(() => import("../pages/Retention")),
  privacy: page(() => import("../pages/Privacy")),
  unmasking: page(() => import("../pages/Unmasking")),
  services: page(() => import("../pages/Services")),
  models: page(() => import("../pages/Models")),
  committee: page(() => import("../pages/Committee")),
  metrics: page(() => import("../pages/Metrics")),
  pivots: page(() => import("../pages/Pivots")),
  sql: page(() => import("../pages/Sql")),
  "model-plan": page(() => import("../pages/ModelPlan")),
  sharing: page(() => import("../pages/Sharing")),
};

function Content() {
  const { session } = useSession();
  const route = useRoute();
  const { t } = useSpeech();
  // Who has to do something about their account first, or sees no data, begins there.
  const kept = session && (session.must.length > 0 || (!route.path[0] && !session.can.includes("entities:read")));
  const place = kept ? "account" : (route.path[0] ?? "");
  const Chosen = PAGES[place];
  useEffect(() => {
    document.title = `${place && Chosen ? `${t(`nav.${place}` as Key)} · ` : ""}医脉 Medthread`;
  }, [place, Chosen, t]);
  if (session === undefined) return <Waiting />;
  if (session === null) return <SignIn />;
  return (
    <NamesHolder key={session.username}>
      <InboxHolder>
        <Shell route={route}>
          <Suspense fallback={<Waiting />}>
            {Chosen ? <Chosen route={route} /> : <Head title={t("missing.title")} about={t("missing.about")} />}
          </Suspense>
        </Shell>
      </InboxHolder>
    </NamesHolder>
  );
}

export function App() {
  return (
    <Speaking>
      <Components>
        <SessionHolder>
          <Content />
        </SessionHolder>
      </Components>
    </Speaking>
  );
}
