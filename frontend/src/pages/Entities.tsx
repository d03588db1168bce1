import { useAsk, type Label } from "../api";
import { useSpeech } from "../i18n";
import { EntityList } from "../meta/EntityList";
import { RecordPage } from "../record/RecordPage";
import { link, type Route } from "../shell/route";
import { Head, Panel, Problem, Waiting } from "../ui";

type Known = { name: string; label: Label; area: string; area_label: Label; count: number; native: boolean };

export default function Entities({ route }: { route: Route }) {
  const [, name, ...id] = route.path;
  if (name && id.length) return <RecordPage key={`${name}/${id.join("/")}`} name={name} id={id.join("/")} route={route} />;
  if (name) return <EntityList key={name} name={name} route={route} />;
  return <Overview />;
}

function Overview() {
  const { t, word, number } = useSpeech();
  const asked = useAsk<{ entities: Known[] }>("/meta");
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  const areas = new Map<string, Known[]>();
  for (const e of asked.data.entities) areas.set(e.area, [...(areas.get(e.area) ?? []), e]);
  return (
    <>
      <Head title={t("nav.entities")} about={t("entities.about")} />
      {[...areas.values()].map((known) => (
        <Panel key={known[0]!.area} title={word(known[0]!.area_label)}>
          <div className="cards" style={{ marginBottom: 0 }}>
            {known.map((e) => (
              <a key={e.name} className="card" href={link("entities", e.name)}>
                <div className="name">{word(e.label)}</div>
                <div className="value">{number(e.count)}</div>
                <div className="quiet mono code" title={e.name}>{e.name}</div>
              </a>
            ))}
          </div>
        </Panel>
      ))}
    </>
  );
}
