import { useSpeech } from "../i18n";
import { called } from "../metrics/model";
import { query } from "../api";
import { link } from "../shell/route";
import { conditions, type Axis, type Line, type Pivot } from "./model";

/** A pivot as people read it: a line for each of its rows with subtotals, a column for each of its columns with totals; each figure leads to its rows. */
export function PivotTable({ of, filters }: { of: Pivot; filters: string[] }) {
  const { t, word, number } = useSpeech();
  const axes = [...of.rows, ...of.columns];
  const wide = of.rows.length;
  const name = (line: Line, n: number): string => {
    const axis = axes[n] as Axis;
    if (line.total[n]) return t("pivots.total");
    if (line.others[n]) return t("pivots.others");
    const at = line.at[n];
    if (at === null || at === undefined) return t("pivots.empty");
    return word(axis.codes[String(at)]) || (axis.grain ? called(String(at).slice(0, 10), axis.grain) : String(at));
  };
  const part = (line: Line, from: number, to: number): string => JSON.stringify(axes.slice(from, to).map((_, n) => [name(line, n + from), line.total[n + from], line.others[n + from]]));
  const before = (a: Line, b: Line, n: number): number => {
    const [x, y] = [a.at[n], b.at[n]];
    return Number(a.total[n]) - Number(b.total[n]) || Number(a.others[n]) - Number(b.others[n]) || Number(x === null) - Number(y === null) || (x === y ? 0 : (x ?? "") < (y ?? "") ? -1 : 1);
  };
  const inOrder = (a: Line, b: Line): number => of.columns.map((_, n) => before(a, b, wide + n)).find((d) => d !== 0) ?? 0;
  const sides = new Map<string, Line>();
  const heads = new Map<string, Line>();
  const cells = new Map<string, Line>();
  for (const line of of.lines) {
    const [side, head] = [part(line, 0, wide), part(line, wide, axes.length)];
    if (!sides.has(side)) sides.set(side, line);
    if (!heads.has(head)) heads.set(head, line);
    cells.set(side + head, line);
  }
  const across = [...heads.entries()].sort(([, a], [, b]) => inOrder(a, b));
  const title = (line: Line): string => axes.slice(wide).map((_, n) => name(line, n + wide)).join(" / ");
  const isTotal = (line: Line, from: number, to: number): boolean => line.total.slice(from, to).some(Boolean);
  return (
    <div className="compare" role="region" aria-label={t("nav.pivots")} tabIndex={0}>
      <table className="pivot">
        <thead>
          <tr>
            {of.rows.map((a) => <th key={a.column} scope="col">{word(a.label)}</th>)}
            {across.flatMap(([key, line]) => of.measures.map((m, k) => (
              <th key={key + k} scope="col" className="figure">{title(line)}{of.measures.length > 1 || !of.columns.length ? <div className={of.columns.length ? "quiet" : undefined}>{word(m.label)}</div> : null}</th>
            )))}
          </tr>
        </thead>
        <tbody>
          {[...sides.entries()].map(([side, line]) => (
            <tr key={side} className={isTotal(line, 0, wide) ? "total" : undefined}>
              {of.rows.map((a, n) => <th key={a.column} scope="row">{name(line, n)}</th>)}
              {across.flatMap(([head]) => {
                const cell = cells.get(side + head);
                return of.measures.map((_, k) => <td key={head + k} className="figure">{cell ? <Figure of={cell} k={k} pivot={of} filters={filters} number={number} /> : <span className="quiet">–</span>}</td>);
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Figure({ of, k, pivot, filters, number }: { of: Line; k: number; pivot: Pivot; filters: string[]; number: (n: number) => string }) {
  const value = of.values[k];
  const text = value === null || value === undefined ? "–" : typeof value === "number" ? number(value) : value;
  const found = conditions(of, [...pivot.rows, ...pivot.columns]);
  if (!found) return <>{text}</>;
  const [layer, name = ""] = pivot.table.split(".");
  const filter = [...filters, ...found];
  const place = layer === "marts" ? `${link("models", name)}${query({ tab: "data", filter })}` : `${link("entities", name)}${query({ view: "list", filter })}`;
  return <a href={place}>{text}</a>;
}
