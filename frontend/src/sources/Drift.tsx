import { useState } from "react";
import { asProblem, send, useAsk, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { Diff } from "../models/texts";
import { link } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Panel, Problem } from "../ui";
import type { Drifted } from "./model";

/** What changed at a source since its mapping was written, and how the mapping could be changed; shown where something did. */
export function DriftOf({ source, onAmended }: { source: string; onAmended: () => void }) {
  const { t } = useSpeech();
  const may = useMay("models:apply");
  const [proposal, setProposal] = useState<string>();
  const asked = useAsk<{ items: Drifted[]; proposes: boolean }>(`/sources/${source}/drift`);
  const [busy, setBusy] = useState<string>();
  const [problem, setProblem] = useState<ProblemError>();
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data?.items.length) return null;
  const accept = async (d: Drifted, ignore: boolean) => {
    setBusy(placeOf(d));
    setProblem(undefined);
    try {
      const done = await send<{ proposal: string | null }>("POST", `/sources/${source}/amend`, { table: d.table, column: d.column, ignore });
      setProposal(done.proposal ?? undefined);
      asked.reload();
      onAmended();
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(undefined);
    }
  };
  return (
    <Panel title={t("drift")}>
      <p className="quiet">{t("drift.about")}</p>
      <Problem of={problem} />
      {proposal && <p role="status">{t("codes.proposed")} <a href={link("changes", proposal)}>{proposal}</a></p>}
      {asked.data.items.map((d) => (
        <section key={placeOf(d)} aria-label={placeOf(d)}>
          <Told of={d} />
          {d.diff && <Diff of={d.diff} label={t("drift.diff", { at: placeOf(d) })} />}
          {may && (d.diff || d.kind === "new") && (
            <div className="bar">
              {d.diff && <Button type="primary" loading={busy === placeOf(d)} disabled={busy !== undefined} onClick={() => void accept(d, false)}>{t(asked.data?.proposes ? "changes.propose" : "drift.accept")}</Button>}
              {d.kind === "new" && d.likely && <Button disabled={busy !== undefined} onClick={() => void accept(d, true)}>{t("drift.ignore")}</Button>}
            </div>
          )}
        </section>
      ))}
    </Panel>
  );
}

const placeOf = (d: Drifted) => `${d.table}.${d.column}`;

function Told({ of: d }: { of: Drifted }) {
  const { t } = useSpeech();
  const share = (x: number | null) => (x === null ? "–" : `${Math.round(x * 100)} %`);
  const alike = d.names_alike !== null && t(d.values_alike === null ? "drift.alike.names" : "drift.alike", { names: share(d.names_alike), values: share(d.values_alike) });
  return (
    <p>
      <strong className="mono break">{placeOf(d)}</strong>{" "}
      {d.kind === "unreadable" ? t("drift.unreadable", { field: d.likely ?? "", now: share(d.now), before: share(d.before) }) : t(`drift.${d.kind}`, { file: d.file })}
      {d.kind !== "unreadable" && d.likely && <> {t(d.kind === "missing" ? "drift.successor" : "drift.means", { likely: d.likely })}</>}
      {alike && <span className="quiet"> {alike}</span>}
    </p>
  );
}
