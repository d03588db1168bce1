import { useEffect } from "react";
import { useSpeech } from "../i18n";
import { hand } from "../shell/ProviderProof";
import type { Route } from "../shell/route";
import { Head } from "../ui";

export default function Proof({ route }: { route: Route }) {
  const { t } = useSpeech();
  const ticket = route.search.get("ticket");
  useEffect(() => { if (ticket) hand(ticket); }, [ticket]);
  return <Head title={t("nav.proof")} about={t(ticket ? "proof.done" : "proof.none")} />;
}
