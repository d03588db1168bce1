import type { Field, Row } from "../api";
import { useSpeech } from "../i18n";
import { useNames } from "../shell/names";
import { withheldIn } from "../sharing/KeptBack";
import { link } from "../shell/route";
import { Tag } from "../ui";

/** One value as its field says: code words, links, numbers, moments; nothing stays blank. */
export function Value({ field, row }: { field: Field; row: Row }) {
  const { t, word, number, moment } = useSpeech();
  const names = useNames();
  const value = row[field.name];
  if (withheldIn(row, field.name)) return <>{value === null || value === undefined ? "" : String(value)} <Tag tone="warn">{t("value.withheld")}</Tag></>;
  const code = row[`${field.name}__code`];
  if (value === null || value === undefined || value === "") {
    if (typeof code === "string" && code) return <Tag tone="warn">{code} · {t("value.unresolved")}</Tag>;
    return <span className="quiet" aria-label={t("value.none")}>–</span>;
  }
  if (field.masked) return <><>{String(value)}</> <Tag tone="warn">{t("value.masked")}</Tag></>;
  switch (field.type) {
    case "choice": {
      const choice = field.choices?.find((c) => c.code === value);
      return <>{choice ? word(choice.label) : String(value)}</>;
    }
    case "reference":
      return <a href={link("entities", field.reference ?? String(row[field.names ?? ""] ?? ""), keyOf(field, row))}>{typeof code === "string" ? code : String(value)}</a>;
    case "entity":
      return <>{word(names.get(String(value))) || String(value)}</>;
    case "truth":
      return <>{value ? t("yes") : t("no")}</>;
    case "moment":
      return <time className="moment" dateTime={String(value)} title={String(value)}>{moment(value)}</time>;
    case "integer":
    case "number":
      return <span className="number">{number(Number(value))}{field.unit ? ` ${field.unit}` : ""}</span>;
    default:
      return field.long ? <span className="long">{String(value)}</span> : <>{String(value)}</>;
  }
}

/** How a reference is named in an address: with the rest of its key in front where there is one. */
function keyOf(field: Field, row: Row): string {
  const rest = (field.along ?? []).map((a) => row[a.from]).filter((v) => v !== null && v !== undefined && v !== "");
  return rest.length === (field.along ?? []).length ? [...rest, row[field.name]].map(String).join("|") : String(row[field.name]);
}
