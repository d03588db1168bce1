import { Fragment, type ReactNode } from "react";
import { useSpeech, type Key } from "../i18n";
import { link } from "../shell/route";
import { Tag } from "../ui";
import { show, titleOf, worded, type Cell, type One } from "./model";

/** Golden records with the records that they are made of, field by field; of two, where they differ. `stated` tells of a value that a steward stated. */
export function Sides({ entity, of, stated, act }: { entity: string; of: One[]; stated?: (field: Cell) => ReactNode; act?: (field: Cell) => ReactNode }) {
  const { t, word } = useSpeech();
  const several = of.length > 1;
  const names = of[0]!.fields.map((f) => f.name).filter((n) => of.some((g) => filled(g, n)));
  return (
    <div className="compare" tabIndex={0} role="region" aria-label={t("masters.side")}>
      <table>
        <thead>
          {several && <tr><td />{of.map((g) => <th key={g.golden_id} scope="colgroup" colSpan={g.records.length + 1} className="edge"><a href={link("masters", entity, g.golden_id)}>{titleOf(g)}</a> <span className="mono quiet">{g.golden_id}</span></th>)}</tr>}
          <tr>
            <th scope="col">{t("field")}</th>
            {of.map((g) => (
              <Fragment key={g.golden_id}>
                <th scope="col" className={several ? "edge" : undefined}>{t("masters.survivor")}</th>
                {g.records.map((r) => <th key={r.record_id} scope="col">{r.source} <span className="mono">{r.source_key}</span></th>)}
              </Fragment>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((n) => {
            const fields = of.map((g) => g.fields.find((f) => f.name === n)!);
            const differs = several && new Set(fields.map((f) => show(f.value))).size > 1;
            return (
              <tr key={n}>
                <th scope="row">{word(fields[0]!.label)}{differs && <> <Tag tone="warn">{t("steward.differs")}</Tag></>}</th>
                {of.map((g, at) => {
                  const f = fields[at]!;
                  return (
                    <Fragment key={g.golden_id}>
                      <td className={[several ? "edge" : "", f.conflict || differs ? "clash" : ""].join(" ").trim() || undefined}>
                        {worded(f, f.value, word)} {f.rule && !(stated && f.decision !== null) && <span className="quiet">({t(`survived.${f.rule}` as Key)}{f.source ? ` · ${f.source}` : ""})</span>}
                        {f.conflict && <> <Tag tone="warn">{t("masters.conflict")}</Tag></>}
                        {act && <> {act(f)}</>}
                        {f.decision !== null && stated?.(f)}
                      </td>
                      {g.records.map((r) => <td key={r.record_id} className={r.record_id === f.record_id ? "won" : undefined}>{worded(f, r.values[f.name], word)}</td>)}
                    </Fragment>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** Whether a field says anything, in the golden record or in one of its records. */
const filled = (of: One, name: string): boolean => of.records.some((r) => show(r.values[name]) !== "–") || show(of.fields.find((f) => f.name === name)?.value) !== "–";
