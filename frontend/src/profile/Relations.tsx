import { useSpeech, type Key } from "../i18n";
import { Panel, Part, Quiet, Tag } from "../ui";
import { link } from "../shell/route";
import { percent, type Change, type Whole } from "./model";

/** What names a row, what follows from what, whose keys stand in a column, and what changed since the profile before. */
export function Relations({ of }: { of: NonNullable<Whole["profile"]> }) {
  const { t, number } = useSpeech();
  const mono = (names: string[]) => <span className="mono break">{names.join(" + ")}</span>;
  return (
    <Panel title={t("profiles.relations")}>
      <div className="grid">
        <Part title={t("profiles.keys")}>
          {of.keys.length === 0 && <Quiet>{t("profiles.keys.none")}</Quiet>}
          <ul className="plain">{of.keys.map((k) => <li key={k.columns.join(" ")}>{mono(k.columns)} {k.duplicates > 0 && <Tag tone="warn">{t("profiles.double", { n: number(k.duplicates) })}</Tag>}</li>)}</ul>
        </Part>
        <Part title={t("profiles.within")}>
          {of.within.length === 0 && <Quiet>{t("profiles.within.none")}</Quiet>}
          <ul className="plain">{of.within.map((w) => <li key={`${w.column} ${w.table} ${w.field}`}>{mono([w.column])} ⊂ <a className="mono" href={link("profiles", w.table)}>{w.table}.{w.field}</a> <span className="quiet">{percent(w.share, 1)}</span></li>)}</ul>
        </Part>
        <Part title={t("profiles.decides")}>
          {of.decides.length === 0 && <Quiet>{t("profiles.decides.none")}</Quiet>}
          <ul className="plain">{of.decides.map((d) => <li key={`${d.column} ${d.decided}`}>{mono([d.column])} → {mono([d.decided])} <span className="quiet">{percent(d.share, 1)}</span></li>)}</ul>
        </Part>
      </div>
    </Panel>
  );
}

export function Changes({ of }: { of: Change[] }) {
  const { t } = useSpeech();
  if (of.length === 0) return null;
  return (
    <Panel title={t("profiles.changes")}>
      <ul className="plain">
        {of.map((c, n) => <li key={n}><span className="mono break">{c.column ?? ""}</span> {t(`profiles.changed.${c.what}` as Key)} <span className="mono">{[c.before, c.now].filter(Boolean).join(" → ")}</span></li>)}
      </ul>
    </Panel>
  );
}
