import { useState } from "react";
import { query, useAsk } from "../api";
import { useSpeech, type Key } from "../i18n";
import { Part, Problem, Quiet, Select, Table, Tag, Waiting } from "../ui";
import { VERDICTS, type One, type Version } from "./model";
import { Diff } from "./texts";

/** Every text that was in force: what kind of change it was, who put it there, when, why; any two beside each other. */
export function Versions({ of }: { of: One }) {
  const { t, moment } = useSpeech();
  const latest = of.versions[0]?.version ?? 0;
  const [[before, after], choose] = useState<[number, number]>([latest - 1, latest]);
  const numbers = of.versions.map((v) => ({ value: v.version, label: t("models.version.n", { n: v.version }) }));
  return (
    <>
      {of.versions.length === 0 ? <Quiet>{t("models.versions.none")}</Quiet> : (
        <Table<Version> fit label={t("models.tab.versions")} rows={of.versions} id={(v) => String(v.version)} columns={[
          { name: "version", title: t("models.version"), width: 70, show: (v) => t("models.version.n", { n: v.version }) },
          { name: "verdict", title: t("models.verdict"), width: 150, show: (v) => <><Verdict of={v.verdict} /> {v.retired && <Tag>{t("models.retired")}</Tag>}</> },
          { name: "by", title: t("by"), width: 110, show: (v) => v.applied_by },
          { name: "at", title: t("models.since"), width: 160, show: (v) => <span className="moment">{moment(v.applied_at)}</span> },
          { name: "reason", title: t("reason"), show: (v) => v.reason ?? "" },
        ]} />
      )}
      {of.versions.length > 1 && (
        <Part title={t("models.compare")}>
          <div className="bar">
            <Select style={{ width: 110 }} aria-label={t("models.before")} value={before} onChange={(n: number) => choose([n, after])} options={numbers} /> →
            <Select style={{ width: 110 }} aria-label={t("models.after")} value={after} onChange={(n: number) => choose([before, n])} options={numbers} />
          </div>
          <Between name={of.name} before={before} after={after} />
        </Part>
      )}
    </>
  );
}

function Between({ name, before, after }: { name: string; before: number; after: number }) {
  const { t } = useSpeech();
  const asked = useAsk<{ diff: string[] }>(`/models/${encodeURIComponent(name)}/diff${query({ before, after })}`);
  if (asked.problem) return <Problem of={asked.problem} retry={asked.reload} />;
  if (!asked.data) return <Waiting />;
  return asked.data.diff.length ? <Diff of={asked.data.diff} label={t("models.compare")} /> : <Quiet>{t("models.same")}</Quiet>;
}

/** What kind of change it was; of those from before this was judged, nothing. */
export function Verdict({ of }: { of: string }) {
  const { t, has } = useSpeech();
  const key = `models.verdict.${of}`;
  return has(key) ? <Tag tone={VERDICTS[of] ?? "plain"}>{t(key as Key)}</Tag> : <>–</>;
}
