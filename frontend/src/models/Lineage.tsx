import { useSpeech } from "../i18n";
import { link } from "../shell/route";
import { Part, Quiet, Table, Tag } from "../ui";
import type { One, Reader } from "./model";

/** Where a table is described: a model's, or an object's. */
const place = (table: string, known: boolean): string | null => {
  const [layer = "", name = ""] = table.split(".");
  if (layer === "marts") return link("models", name);
  return known ? link("dictionary", name) : null;
};

/** What a model is made from, and who reads it. */
export function Lineage({ of }: { of: One }) {
  const { t, word, number } = useSpeech();
  return (
    <>
      <Part title={t("models.reads")}>
        {of.inputs.length === 0 ? <Quiet>{t("models.reads.none")}</Quiet> : (
          <Table<One["inputs"][number]> fit label={t("models.reads")} rows={of.inputs} id={(i) => i.table} columns={[
            { name: "table", title: t("table"), width: 260, show: (i) => { const to = place(i.table, i.label !== null); return <>{to ? <a href={to}>{i.label ? word(i.label) : i.table}</a> : i.table}<div className="mono quiet break">{i.table}</div></>; } },
            { name: "rows", title: t("rows"), align: "right", width: 100, show: (i) => (i.rows === null ? "–" : number(i.rows)) },
            { name: "state", title: t("status"), width: 180, show: (i) => (i.changed ? <Tag tone="warn">{t("models.input.changed")}</Tag> : <Tag tone="good">{t("models.input.same")}</Tag>) },
          ]} />
        )}
      </Part>
      <Part title={t("models.readers")}>
        {of.readers.length === 0 ? <Quiet>{t("models.readers.none")}</Quiet> : (
          <Table<Reader> fit label={t("models.readers")} rows={of.readers} id={(r) => `${r.kind} ${r.name}`} columns={[
            { name: "name", title: t("name"), width: 260, show: (r) => <>{r.kind === "model" ? <a href={link("models", r.name)}>{word(r.label)}</a> : word(r.label)}<div className="mono quiet break">{r.name}</div></> },
            { name: "kind", title: t("kind"), width: 100, show: (r) => <Tag>{t(r.kind === "model" ? "models.model" : "models.part")}</Tag> },
            { name: "fields", title: t("fields"), show: (r) => (r.fields === null ? <span className="quiet">{t("models.fields.unknown")}</span> : <span className="mono break">{r.fields.join(", ")}</span>) },
          ]} />
        )}
      </Part>
    </>
  );
}
