import { useSpeech, type Key } from "../i18n";
import { Nothing, Table, Tag } from "../ui";
import { Filled, Spread } from "./Spread";
import { percent, STANDINGS, type Column, type Whole } from "./model";

const CHIPS = 3;

/** A row for each column: kind, filling, distinct values, how they are written or spread, what seems sensitive. */
export function Columns({ of }: { of: NonNullable<Whole["profile"]> }) {
  const { t, word, number } = useSpeech();
  const filled = (c: Column) => of.rows - c.nulls - c.blanks;
  return (
    <Table<Column> fit label={t("profiles.columns")} rows={of.columns} id={(c) => c.name} empty={<Nothing />} detail={(c) => <Closely of={c} sampled={of.sampled} />} columns={[
      { name: "name", title: t("profiles.column"), width: 190, show: (c) => <><strong className="break">{c.label ? word(c.label) : c.name}</strong>{c.label && <div className="mono quiet break">{c.name}</div>}</> },
      { name: "kind", title: t("profiles.kind"), width: 110, show: (c) => <>{c.standing === "sealed" ? "–" : t(`profiles.likely.${c.likely}` as Key)}<div className="mono quiet">{c.type.toLowerCase()}</div></> },
      { name: "filled", title: t("profiles.filled"), width: 110, show: (c) => <><Filled share={of.rows ? filled(c) / of.rows : 0} told={`${t("profiles.filled")} ${percent(filled(c), of.rows)}`} /><div>{percent(filled(c), of.rows)}</div></> },
      { name: "distinct", title: t("profiles.distinct"), align: "right", width: 90, show: (c) => number(c.distinct) },
      { name: "forms", title: t("profiles.forms"), width: 270, show: (c) => <Forms of={c} /> },
      { name: "marks", title: t("profiles.sensitive"), width: 150, show: (c) => <Marks of={c} /> },
    ]} />
  );
}

function Forms({ of }: { of: Column }) {
  const { t } = useSpeech();
  if (of.standing === "sealed") return <span className="quiet">{t("profiles.sealed.about")}</span>;
  if (of.histogram.length > 0) return <><Spread of={of.histogram} label={of.name} /><div className="quiet mono">{of.low} … {of.high}</div></>;
  if (of.patterns.length === 0) return <span className="quiet mono break">{of.values.slice(0, CHIPS).map((v) => v.value).join(" · ") || "–"}</span>;
  return <>{of.patterns.slice(0, CHIPS).map((p) => <span key={p.form} className="chip mono" title={String(p.rows)}>{p.form}</span>)}{of.patterns.length > CHIPS && <span className="quiet"> +{of.patterns.length - CHIPS}</span>}</>;
}

function Marks({ of }: { of: Column }) {
  const { t } = useSpeech();
  const found = of.suspected;
  return (
    <>
      {of.standing !== "clear" && <Tag tone={STANDINGS[of.standing]}>{t(`profiles.standing.${of.standing}`)}</Tag>}
      {found && !found.declared && <div><Tag tone="bad">{t("profiles.suspected", { kind: t(`profiles.kind.${found.kind}` as Key) })}</Tag><div className="quiet">{found.basis === "name" ? t("profiles.by.name") : t("profiles.by.values", { share: percent(found.share, 1) })}</div></div>}
      {found?.declared && of.standing !== "sealed" && <Tag tone="good">{t("profiles.declared")}</Tag>}
    </>
  );
}

/** All that is known of one column. */
function Closely({ of, sampled }: { of: Column; sampled: number }) {
  const { t, number } = useSpeech();
  const facts = [
    [t("profiles.empty"), `${number(of.nulls)} + ${number(of.blanks)}`], [t("profiles.extremes"), of.low === null ? null : `${of.low} … ${of.high}`],
    [t("profiles.lengths"), of.shortest === null ? null : `${of.shortest} … ${of.longest}`],
    [t("profiles.quantiles"), Object.keys(of.quantiles).length ? Object.entries(of.quantiles).map(([k, v]) => `${Number(k.slice(1))}%: ${v}`).join("  ") : null],
  ].filter((f): f is [string, string] => f[1] !== null);
  return (
    <div className="grid">
      <div>{facts.map(([name, value]) => <div key={name}><span className="quiet">{name}</span> <span className="mono break">{value}</span></div>)}{of.kept_back && <p className="quiet">{t("profiles.kept_back")}</p>}</div>
      {of.patterns.length > 0 && <div><div className="quiet">{t("profiles.forms")}</div><ul className="plain">{of.patterns.map((p) => <li key={p.form}><span className="mono break">{p.form}</span> <span className="quiet">{percent(p.rows, sampled)}</span></li>)}</ul></div>}
      {of.values.length > 0 && <div><div className="quiet">{t("profiles.values")}</div><ul className="plain">{of.values.map((v) => <li key={v.value}><span className="mono break">{v.value}</span> <span className="quiet">{percent(v.rows, sampled)}</span></li>)}</ul></div>}
    </div>
  );
}
