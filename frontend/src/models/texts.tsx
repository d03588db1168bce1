import { Fragment } from "react";

// What a reader of SQL looks for: remarks, texts, words of the language.
const TOKEN = /(--[^\n]*)|('(?:[^']|'')*')|\b(select|from|where|and|or|not|in|is|null|as|on|left|right|full|inner|join|group|order|by|having|union|all|distinct|case|when|then|else|end|with|recursive|over|partition|filter|limit|exists|between|cast|using|qualify)\b/gi;
const KINDS = ["remark", "literal", "word"];

/** A statement with its words told apart. */
export function Sql({ of }: { of: string }) {
  const parts = [];
  let from = 0;
  for (const found of of.matchAll(TOKEN)) {
    const kind = KINDS[[1, 2, 3].findIndex((n) => found[n] !== undefined)];
    parts.push(<Fragment key={found.index}>{of.slice(from, found.index)}<span className={kind}>{found[0]}</span></Fragment>);
    from = found.index + found[0].length;
  }
  return <pre className="sql" tabIndex={0}>{parts}{of.slice(from)}</pre>;
}

/** A unified diff: what is gone and what has come, by sign and by colour. */
export function Diff({ of, label }: { of: string[]; label: string }) {
  return (
    <pre className="sql" tabIndex={0} aria-label={label} role="group">
      {of.map((line, n) => {
        const Line = line.startsWith("+") ? "ins" : line.startsWith("-") ? "del" : "span";
        return <Line key={n} className={line.startsWith("@@") ? "line where" : "line"}>{line}{"\n"}</Line>;
      })}
    </pre>
  );
}
