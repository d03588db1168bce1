import { useState } from "react";
import { asProblem, send, useAsk, type Label, type Problem as ProblemError } from "../api";
import { useSpeech } from "../i18n";
import { useCalled } from "../shell/names";
import { link } from "../shell/route";
import { useMay } from "../shell/session";
import { Button, Form, Head, Input, Panel, Problem, Quiet, Table, Tag, Waiting } from "../ui";
import type { Weighed } from "./model";

type Asked = { name: string; label: Label; example: string | null };
type Like = { golden_id: string; name: string; codes: string; records: number; sources: string[]; score: number; sure: boolean; parts: Weighed[] };

/** Whether something is there already, asked before it is made anywhere. */
export function Check({ entity }: { entity: string }) {
  const { t, word } = useSpeech();
  const called = useCalled();
  const fields = useAsk<{ items: Asked[] }>(`/stewardship/${entity}/check`);
  const asks = useMay("masters:request");
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [found, setFound] = useState<Like[]>();
  const [problem, setProblem] = useState<ProblemError>();
  const [busy, setBusy] = useState(false);
  const ask = async (typed: Record<string, string | undefined>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      const said = Object.fromEntries(Object.entries(typed).filter((e): e is [string, string] => !!e[1]?.trim()));
      setTyped(said);
      setFound((await send<{ items: Like[] }>("POST", `/stewardship/${entity}/check`, said)).items);
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(false);
  };
  return (
    <>
      <p><a href={link("masters", entity)}>← {t("masters.list")}</a></p>
      <Head title={t("check.title")} about={`${called(entity)} · ${t("check.about")}`} />
      <Problem of={fields.problem} retry={fields.reload} />
      {!fields.data && !fields.problem && <Waiting />}
      {fields.data && (
        <Panel>
          <Form layout="vertical" onFinish={(v: Record<string, string | undefined>) => void ask(v)} requiredMark={false}>
            {fields.data.items.map((f) => <Form.Item key={f.name} name={f.name} label={word(f.label)}><Input maxLength={1000} placeholder={f.example ?? undefined} allowClear /></Form.Item>)}
            <Problem of={problem} />
            <Button type="primary" htmlType="submit" loading={busy}>{t("check.ask")}</Button>
          </Form>
        </Panel>
      )}
      {found && (
        <Panel title={t("check.found")}>
          <div role="status">{found.length === 0 && <Quiet>{t("check.none")}</Quiet>}</div>
          {asks && <p className="bar"><Button href={`${link("masters", entity, "requests", "new")}?${new URLSearchParams(typed)}`}>{t("asked.new")}</Button></p>}
          {found.length > 0 && <Table<Like> fit label={t("check.found")} rows={found} id={(l) => l.golden_id} columns={[
            { name: "name", title: t("name"), show: (l) => <><a href={link("masters", entity, l.golden_id)}>{l.name || l.golden_id}</a><div className="mono quiet">{l.golden_id}</div></> },
            { name: "codes", title: t("masters.codes"), show: (l) => <span className="mono break">{l.codes}</span> },
            { name: "sure", title: t("status"), width: 130, show: (l) => <Tag tone={l.sure ? "bad" : "warn"}>{t(l.sure ? "check.sure" : "check.perhaps")}</Tag> },
            { name: "score", title: t("masters.score"), align: "right", show: (l) => l.score.toFixed(1) },
            { name: "parts", title: t("masters.evidence"), show: (l) => l.parts.filter((p) => p.weight !== 0).map((p) => <Tag key={p.what} tone={p.weight > 0 ? "good" : "bad"}>{word(p.label)} {p.weight > 0 ? "+" : ""}{p.weight.toFixed(0)}</Tag>) },
          ]} />}
        </Panel>
      )}
    </>
  );
}
