import { useAsk, type EntityMeta, type Field, type Row } from "../api";
import { useSpeech } from "../i18n";
import { Value } from "../meta/Value";
import type { Content, Signed } from "./case";

/** Exactly what is signed: every value that is filled, those that this act changes marked, and all lines. */
export function SignedContent({ meta, content, item, given }: { meta: EntityMeta; content: Content; item: Row; given: Set<string> }) {
  const { t, word } = useSpeech();
  const filled = meta.fields.filter((f) => shown(content.values[f.name]) !== null);
  return (
    <>
      <dl className="facts dense">
        {filled.map((f) => {
          const changed = given.has(f.name);
          return [
            <dt key={`n${f.name}`}>{word(f.label)}</dt>,
            <dd key={`v${f.name}`} className={changed ? "changed" : undefined}>
              {changed && <span className="unseen">{t("sign.changed")} </span>}
              <Cell field={f} value={content.values[f.name]} />
              {changed && !isOpen(item[f.name]) && <del><Value field={plain(f)} row={item} /></del>}
            </dd>,
          ];
        })}
      </dl>
      {Object.entries(content.parts).filter(([, rows]) => rows.length > 0).map(([part, rows]) => <Lines key={part} part={part} rows={rows} />)}
    </>
  );
}

function Lines({ part, rows }: { part: string; rows: Record<string, Signed>[] }) {
  const { word } = useSpeech();
  const meta = useAsk<EntityMeta>(`/meta/${part}`).data;
  if (!meta) return null;
  const fields = meta.fields.filter((f) => f.name !== meta.part_of?.field && rows.some((r) => shown(r[f.name]) !== null));
  return (
    <section className="compare" aria-label={word(meta.label)} tabIndex={0}>
      <h3>{word(meta.label)} ({rows.length})</h3>
      <table>
        <thead><tr>{fields.map((f) => <th key={f.name} scope="col">{word(f.label)}</th>)}</tr></thead>
        <tbody>{rows.map((r, n) => <tr key={n}>{fields.map((f) => <td key={f.name}><Cell field={f} value={r[f.name]} /></td>)}</tr>)}</tbody>
      </table>
    </section>
  );
}

/** A signed value read as its field says: values travel as text so that their hash is the same everywhere. */
function Cell({ field, value }: { field: Field; value: Signed | undefined }) {
  return <Value field={plain(field)} row={{ [field.name]: typed(field, shown(value)) }} />;
}

/** The field without its link: what is signed is the text. */
const plain = (field: Field): Field => (field.type === "reference" ? { ...field, type: "text" } : field);

const shown = (value: Signed | undefined): string | number | boolean | null =>
  value === undefined || value === null ? null : typeof value === "object" ? value.masked : value;

function typed(field: Field, value: string | number | boolean | null): unknown {
  if (value === null || typeof value !== "string") return value;
  return field.type === "number" || field.type === "integer" ? Number(value) : value;
}

const isOpen = (value: unknown): boolean => value === null || value === undefined || value === "";
