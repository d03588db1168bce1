import { useState } from "react";
import { asProblem, send, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { useCalled } from "../shell/names";
import { useMay } from "../shell/session";
import { Button, Nothing, Panel, Problem, Table, Tag } from "../ui";
import type { Fit, Probed, Server, Standing } from "./model";

/** Two questions to a source, asked when somebody wants to know: who is there, and does the mapping fit. */
export function Looking({ source }: { source: Standing }) {
  const { t } = useSpeech();
  const may = useMay("runs:start");
  const [busy, setBusy] = useState<"test" | "probe">();
  const [server, setServer] = useState<Server>();
  const [probed, setProbed] = useState<Probed[]>();
  const [problem, setProblem] = useState<ProblemError>();
  if (!may) return null;
  const ask = async <T,>(what: "test" | "probe", keep: (found: T) => void) => {
    setBusy(what);
    setProblem(undefined);
    try {
      keep(await send<T>("POST", `/sources/${source.name}/${what}`));
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(undefined);
    }
  };
  return (
    <Panel title={t("sources.look")}>
      <div className="bar">
        {source.kind === "database" && <Button loading={busy === "test"} disabled={busy !== undefined} onClick={() => void ask<Server>("test", setServer)}>{t("sources.test")}</Button>}
        <Button loading={busy === "probe"} disabled={busy !== undefined} onClick={() => void ask<{ tables: Probed[] }>("probe", (f) => setProbed(f.tables))}>{t("sources.probe")}</Button>
      </div>
      <p className="quiet">{t("sources.look.about")}</p>
      <Problem of={problem} />
      <div role="status">
        {server && (
          <p>
            {server.product} {server.version} · {server.account}{" "}
            {server.is_read_only !== null && <Tag tone={server.is_read_only ? "good" : "warn"}>{t(server.is_read_only ? "sources.reads" : "sources.writes")}</Tag>}
          </p>
        )}
        {probed?.map((p) => <OneTable key={p.table} of={p} />)}
      </div>
    </Panel>
  );
}

/** One table held against its mapping. */
export function OneTable({ of }: { of: Probed }) {
  const { t, number } = useSpeech();
  const called = useCalled();
  const near = new Map(of.alike.map((a) => [a.missing, a.new]));
  return (
    <section>
      <h3>{of.table} <Tag tone={of.fits ? "good" : "bad"}>{t(of.fits ? "sources.fits" : "sources.fits.not")}</Tag> <span className="quiet">{t("sources.rows.seen", { n: of.rows })}</span></h3>
      {of.message && <p>{of.message.text}<br /><span className="quiet">{of.message.hint}</span></p>}
      {of.missing.length > 0 && <ul>{of.missing.map((c) => <li key={c}>{t("sources.missing", { c })}{near.has(c) && ` ${t("sources.alike", { c: near.get(c) ?? "" })}`}</li>)}</ul>}
      {of.new.length > 0 && <p className="quiet">{t("sources.new", { c: of.new.join(", ") })}</p>}
      {!of.message && (
        <Table<Fit> fit label={of.table} rows={of.fields} id={(f) => `${f.entity}.${f.field}`} empty={<Nothing>{t("sources.lineage.none")}</Nothing>} columns={[
          { name: "field", title: t("field"), show: (f) => `${called(f.entity)} · ${f.field}` },
          { name: "columns", title: t("sources.column"), show: (f) => <span className="mono break">{f.columns.join(", ")}</span> },
          { name: "fit", title: t("sources.fit"), align: "right", show: (f) => (f.values ? <Tag tone={f.fitting === f.values ? "good" : "bad"}>{number(f.fitting ?? 0)} / {number(f.values)}</Tag> : "–") },
        ]} />
      )}
    </section>
  );
}
