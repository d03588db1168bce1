import { useSpeech } from "../i18n";
import { link } from "../shell/route";
import { Quiet, Table } from "../ui";
import type { Effect, Impact } from "./model";

/** What other weights would do: counts before and after, and the first golden records it would happen to. */
export function EffectOf({ entity, of }: { entity: string; of: Effect & { names?: Record<string, string>; impact?: Impact } }) {
  const { t, number } = useSpeech();
  const called = (id: string) => <a href={link("masters", entity, id)}>{of.names?.[id] ?? <span className="mono">{id}</span>}</a>;
  const nothing = of.moved === 0 && of.pairs[0] === of.pairs[1];
  return (
    <div role="status">
      {nothing && <Quiet>{t("matching.effect.none")}</Quiet>}
      <dl className="facts">
        <dt>{t("masters.golden")}</dt><dd>{number(of.golden[0])} → {number(of.golden[1])}</dd>
        <dt>{t("steward.queue")}</dt><dd>{number(of.pairs[0])} → {number(of.pairs[1])}</dd>
        <dt>{t("matching.moved")}</dt><dd>{number(of.moved)}</dd>
        <dt>{t("matching.merged")}</dt><dd>{number(of.merged)}</dd>
        <dt>{t("matching.parted")}</dt><dd>{number(of.parted)}</dd>
        {of.impact && <><dt>{t("matching.hangs")}</dt><dd>{number(of.impact.references)}</dd></>}
      </dl>
      {of.merges.length > 0 && <>
        <h3>{t("matching.merges")}</h3>
        <Table fit label={t("matching.merges")} rows={of.merges} id={(m) => m.into} columns={[
          { name: "into", title: t("matching.stays"), show: (m) => called(m.into) },
          { name: "golden", title: t("matching.merged"), show: (m) => m.golden.map((g) => <div key={g}>{called(g)}</div>) },
        ]} />
      </>}
      {of.partings.length > 0 && <>
        <h3>{t("matching.partings")}</h3>
        <Table fit label={t("matching.partings")} rows={of.partings} id={(p) => p.golden} columns={[
          { name: "golden", title: t("matching.stays"), show: (p) => called(p.golden) },
          { name: "parting", title: t("matching.parted"), show: (p) => t("matching.parting", { stay: number(p.stay), others: number(p.others) }) },
        ]} />
      </>}
    </div>
  );
}
