import type { ReactNode } from "react";
import { useSpeech } from "../i18n";
import type { Column } from "./index";

const isEmpty = (shown: ReactNode): boolean => shown === null || shown === undefined || shown === false || shown === "";

/** The rows of a table where it is too narrow for columns: one below the other, each value beside the title of its column. */
export function Stacked<T extends object>({ label, columns, rows, id, detail }: {
  label: string; columns: Column<T>[]; rows: T[]; id: (row: T) => string; detail?: (row: T) => ReactNode;
}) {
  const { t } = useSpeech();
  const [first, ...rest] = columns;
  return (
    <ul className="stacked" aria-label={label}>
      {rows.map((row) => (
        <li key={id(row)}>
          <div>{first?.show(row)}</div>
          <dl>
            {rest.map((c) => ({ c, shown: c.show(row) })).filter(({ shown }) => !isEmpty(shown)).map(({ c, shown }) => (
              <div key={c.name}><dt>{c.title}</dt><dd>{shown}</dd></div>
            ))}
          </dl>
          {detail && <details><summary>{t("row.detail")}</summary>{detail(row)}</details>}
        </li>
      ))}
    </ul>
  );
}
