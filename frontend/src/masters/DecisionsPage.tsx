import { query } from "../api";
import { useSpeech, type Key } from "../i18n";
import { go, withSearch, type Route } from "../shell/route";
import { useNames } from "../shell/names";
import { Button, Head, Pager, Panel, Problem, Select } from "../ui";
import { usePages } from "../ui/usePages";
import { DecisionTable } from "./Decisions";
import { STATUSES, type Decision, type Waits } from "./model";

const CHOICES = [...STATUSES, "all"] as const;

/** All decisions about master records, what waits for a second person first. */
export function DecisionsPage({ route, kinds }: { route: Route; kinds: Waits[] }) {
  const { t, word } = useSpeech();
  const names = useNames();
  const chosen = route.search.get("status") ?? "asked";
  const entity = route.search.get("entity");
  const { asked, trail, setTrail } = usePages<Decision>(`/stewardship/decisions${query({ entity, status: chosen === "all" ? null : chosen, limit: 30 })}`);
  return (
    <>
      <p><a href="#/masters">← {t("nav.masters")}</a></p>
      <Head title={t("steward.decisions")} about={t("steward.decisions.about")} />
      <Panel>
        <div className="bar" role="group" aria-label={t("status")}>
          {CHOICES.map((s) => (
            <Button key={s} aria-pressed={chosen === s} type={chosen === s ? "primary" : "default"} onClick={() => go(withSearch(route, { status: s }))}>{s === "all" ? t("all") : t(`steward.status.${s}`)}</Button>
          ))}
          <Select style={{ width: 160 }} aria-label={t("steward.of")} value={entity ?? ""} onChange={(v: string) => go(withSearch(route, { entity: v || null }))}
            options={[{ value: "", label: t("steward.of.all") }, ...kinds.map((k) => ({ value: k.entity, label: word(names.get(k.entity) ?? k.label) }))]} />
        </div>
        <Problem of={asked.problem} retry={asked.reload} />
        {!asked.problem && <DecisionTable of={asked.data?.items ?? []} loading={asked.loading} onChange={asked.reload} empty={t(`steward.none.${chosen}` as Key)} />}
        <Pager trail={trail} next={asked.data?.next ?? null} shown={asked.data?.items.length ?? 0} onTrail={setTrail} />
      </Panel>
    </>
  );
}
