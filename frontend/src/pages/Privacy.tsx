import { Erasures } from "../privacy/Erasures";
import { Register } from "../privacy/Register";
import { Search } from "../privacy/Search";
import { useSpeech } from "../i18n";
import { go, withSearch, type Route } from "../shell/route";
import { useMay } from "../shell/session";
import { Head, Tabs } from "../ui";

/** Personal data: what is held and why, one person over all stores, what was erased. */
export default function Privacy({ route }: { route: Route }) {
  const { t } = useSpeech();
  const [finds, erases] = [useMay("privacy:find"), useMay("privacy:erase")];
  return (
    <>
      <Head title={t("nav.privacy")} about={t("privacy.about")} />
      <Tabs activeKey={route.search.get("tab") ?? (finds ? "person" : "register")} onChange={(tab) => go(withSearch(route, { tab }))} items={[
        ...(finds ? [{ key: "person", label: t("privacy.person"), children: <Search /> }] : []),
        { key: "register", label: t("privacy.register"), children: <Register /> },
        ...(erases ? [{ key: "erasures", label: t("privacy.erasures"), children: <Erasures />, destroyOnHidden: true }] : []),
      ]} />
    </>
  );
}
