import { useAsk, type Label } from "../api";
import { useSpeech } from "../i18n";
import { Parts } from "../quality/Parts";
import { RulePage } from "../quality/RulePage";
import { RuleList } from "../quality/RuleList";
import type { Route } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Head, Panel, Problem, Waiting } from "../ui";
import { Gauge } from "./Home";

type QualityData = { index: number | null; dimensions: { name: string; label: Label; index: number }[] };

export default function Quality({ route }: { route: Route }) {
  const id = route.path[1];
  return id ? <RulePage key={id} id={id} /> : <Overview route={route} />;
}

function Overview({ route }: { route: Route }) {
  const { t, word } = useSpeech();
  const looks = useMay("quarantine:read");
  const asked = useAsk<QualityData>("/quality");
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const { index, dimensions } = asked.data;
  return (
    <>
      <Head title={t("nav.quality")} about={t("quality.about")}>{looks && <Button href="#/profiles">{t("nav.profiles")}</Button>}<Button href="#/entities/data_incident">{t("quality.incidents")}</Button></Head>
      <Panel title={`${t("home.index")} ${index === null ? "–" : `${index.toFixed(2)}%`}`}>
        {dimensions.map((d) => <Gauge key={d.name} name={word(d.label)} index={d.index} />)}
      </Panel>
      <Parts route={route} />
      <RuleList route={route} dimensions={dimensions} />
    </>
  );
}
