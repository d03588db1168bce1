// The only importer of the component library: pages know these names and no others.
import { App as Frame, AutoComplete, Button as AntButton, Checkbox, ConfigProvider, Empty, Form, Input, InputNumber, Progress, QRCode, Segmented, Select, Spin, Switch, Table as AntTable, Tag as AntTag, Tooltip, Upload } from "antd";
import type { ButtonProps, TableProps } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import "antd/dist/reset.css";
import dayjs from "dayjs";
import { useEffect, useState, useSyncExternalStore, type ReactNode } from "react";
import type { Objection, Problem as ProblemError } from "../api";
import { useSpeech, type Key } from "../i18n";
import { due } from "../i18n/time";
import { RecordLink } from "../shell/names";
import { useNarrow } from "./narrow";
import { Stacked } from "./Stacked";

export { DayInput } from "./DayInput";
export { Drawer, Modal } from "./dialogs";
export { AutoComplete, Checkbox, Form, Input, InputNumber, Progress, QRCode, Segmented, Select, Switch, Tooltip, Upload };
export { Tabs } from "./Tabs";
export { Zone } from "./Zone";

const THEME = {
  token: {
    colorPrimary: "#0a5c80", colorLink: "#0a5c80", colorLinkHover: "#083f58", colorLinkActive: "#083f58", colorText: "#14212b", colorTextSecondary: "#4d5963",
    colorTextTertiary: "#56616b", colorTextDescription: "#4d5963", colorTextPlaceholder: "#5d6973", colorTextDisabled: "#5d6973",
    colorTextQuaternary: "#5d6973", colorError: "#b3261e", colorSuccess: "#1c6b3c", colorWarning: "#8a5a00", borderRadius: 6, fontSize: 14,
    fontFamily: "inherit",
  },
  components: { Form: { itemMarginBottom: 14, verticalLabelPadding: "0 0 4px" } },
};

const STILL = { ...THEME, token: { ...THEME.token, motion: false } };

/** A label that says when its field must be filled; the star is drawn, not read out. */
const Required = (label: ReactNode, { required }: { required: boolean }) => <>{label}{required && <span className="must" />}</>;

const LESS_MOTION = window.matchMedia("(prefers-reduced-motion: reduce)");

const onLessMotion = (changed: () => void) => {
  LESS_MOTION.addEventListener("change", changed);
  return () => LESS_MOTION.removeEventListener("change", changed);
};

/** Theme, language and messages of the components; nothing slides or fades for whoever asked their system for less motion. */
export function Components({ children }: { children: ReactNode }) {
  const { language } = useSpeech();
  const motion = !useSyncExternalStore(onLessMotion, () => LESS_MOTION.matches);
  useEffect(() => void dayjs.locale(language === "en" ? "en" : "zh-cn"), [language]);
  return (
    <ConfigProvider theme={motion ? THEME : STILL} wave={{ disabled: !motion }} locale={language === "en" ? enUS : zhCN} button={{ autoInsertSpace: false }} form={{ requiredMark: Required }}>
      <Frame>{children}</Frame>
    </ConfigProvider>
  );
}

export const useMessages = () => Frame.useApp();

export const Button = (props: ButtonProps) => <AntButton {...props} />;

export type Column<T> = {
  name: string; title: ReactNode; show: (row: T) => ReactNode; sortable?: boolean; align?: "right"; width?: number;
};

// What a column needs for figures, and for words, in pixels: a table beside another scrolls rather than break out of its panel.
const [FIGURE, WORDS] = [72, 104];

export type Sorted = { name: string; descending: boolean } | null;

/** A table of one page of rows; order and paging are the server's. On a phone it is stacked, unless its columns are what it is sorted by. */
export function Table<T extends object>(props: {
  label: string; columns: Column<T>[]; rows: T[]; id: (row: T) => string; loading?: boolean; sorted?: Sorted;
  onSort?: (sorted: Sorted) => void; empty?: ReactNode; detail?: (row: T) => ReactNode; fit?: boolean; wide?: boolean;
}) {
  const { columns, sorted, onSort, detail } = props;
  const narrow = useNarrow();
  const [all, setAll] = useState(false);
  const rows = all ? props.rows : props.rows.slice(0, FOLDED);
  const rest = props.rows.length > rows.length && <Rest n={props.rows.length - rows.length} onAll={() => setAll(true)} />;
  const stacks = narrow && !onSort;
  if (stacks && props.loading && rows.length === 0) return <Waiting />;
  if (stacks) return rows.length ? <><Stacked {...props} rows={rows} />{rest}</> : <>{props.empty ?? <Nothing />}</>;
  const shown: TableProps<T>["columns"] = columns.map((c) => ({
    key: c.name, title: c.title, align: c.align, width: c.width, render: (_: unknown, row: T) => c.show(row), sorter: c.sortable && onSort ? true : undefined,
    sortOrder: sorted?.name === c.name ? (sorted.descending ? "descend" : "ascend") : null,
  }));
  return (
    // The region scrolls sideways when it must, so the keyboard has to reach it.
    <section aria-label={props.label} tabIndex={props.fit ? undefined : 0}>
      <AntTable<T>
        size="small" rowKey={props.id} columns={shown} dataSource={rows} loading={props.loading} pagination={false}
        scroll={{ x: props.fit ? columns.reduce((sum, c) => sum + (c.width ?? (c.align ? FIGURE : WORDS)), 0) : "max-content" }} showSorterTooltip={false}
        locale={{ emptyText: props.empty ?? <Nothing /> }}
        onRow={props.wide ? () => ({ tabIndex: 0 }) : undefined /* with no link inside, the rows themselves let the keyboard scroll */}
        expandable={detail ? { expandedRowRender: detail } : undefined}
        onChange={(_p, _f, sorter) => {
          if (!onSort || Array.isArray(sorter)) return;
          onSort(sorter.order ? { name: String(sorter.columnKey), descending: sorter.order === "descend" } : null);
        }}
      />
      {rest}
    </section>
  );
}

const FOLDED = 100; // rows shown at first: nobody reads further without looking for something

function Rest({ n, onAll }: { n: number; onAll: () => void }) {
  const { t, number } = useSpeech();
  return <p className="bar end"><Button onClick={onAll}>{t("rest.show", { n: number(n) })}</Button></p>;
}

export function Nothing({ children }: { children?: ReactNode }) {
  const { t } = useSpeech();
  return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={children ?? t("nothing")} />;
}

const TONES = {
  good: { color: "#14532d", background: "#e5f3ea" }, bad: { color: "#8c1d18", background: "#fdeceb" },
  warn: { color: "#6b4700", background: "#fff4dc" }, plain: { color: "#2b3a45", background: "#eef1f3" },
  busy: { color: "#0a4a68", background: "#e2eef4" },
};
const SIGNS = { good: "●", bad: "■", warn: "▲", plain: "", busy: "◐" };
export type Tone = keyof typeof TONES;

/** A word with a colour and a sign: never the colour alone. */
export const Tag = ({ tone = "plain", children }: { tone?: Tone; children: ReactNode }) => (
  <AntTag className="tag" variant="filled" style={TONES[tone]}>{SIGNS[tone] ? `${SIGNS[tone]} ` : ""}{children}</AntTag>
);

/** An error in the reader's language, what the server said of it, and every rule and record that stands behind it. */
export function Problem({ of, retry }: { of: ProblemError | undefined; retry?: () => void }) {
  const { t, has } = useSpeech();
  if (!of) return null;
  const known = `problem.${of.status === 0 ? "unreachable" : of.code}`;
  return (
    <div className="problem" role="alert">
      <strong>{has(known) ? t(known as Key) : of.detail}</strong>
      {of.because.length > 0 ? <Objections of={of.because} /> : (
        <>
          {has(known) && of.status !== 0 && <p>{of.detail}</p>}
          {of.hint && <p>{of.hint}</p>}
        </>
      )}
      {retry && <p><Button size="small" onClick={retry}>{t("retry")}</Button></p>}
    </div>
  );
}

/** What stands in the way: each rule in words, the records that break it, what is the matter with them. */
export function Objections({ of }: { of: Objection[] }) {
  const { t, word } = useSpeech();
  const rules = [...new Set(of.map((o) => o.guard))].map((g) => of.filter((o) => o.guard === g));
  return (
    <ul className="objections">
      {rules.map((found) => (
        <li key={found[0]!.guard}>
          <span className="rule">{word(found[0])}</span>
          {found.slice(0, FIRST).map((o, n) => <Against key={n} of={o} />)}
          {found.length > FIRST && (
            <details>
              <summary>{t("more", { n: found.length - FIRST })}</summary>
              {found.slice(FIRST).map((o, n) => <Against key={n} of={o} />)}
            </details>
          )}
        </li>
      ))}
    </ul>
  );
}

const FIRST = 3; // records shown at once of each rule

function Against({ of }: { of: Objection }) {
  const { language } = useSpeech();
  return <div><RecordLink of={of.record} /> <span className="quiet">{oneOf(of.detail, language)}</span></div>;
}

const CHINESE = /[\u4e00-\u9fff]/;
const TAIL = /(?:\s\S*\d[^\s:]*)*: .+$|(?:\s\S*\d\S*)+$/; // what follows both halves: after a colon and the numbers before it, or a number or a day at the end

/** Figures and names are written once, after the English half; they belong to the Chinese one as well. */
function tailOf(zh: string, en: string): string {
  const tail = TAIL.exec(en)?.[0] ?? "";
  return /[::\d]/.test(zh) ? "" : tail; // a Chinese half with figures of its own is whole
}

/** Details that rules write in both languages, `中文 / English`: the reader's half of them. */
export function oneOf(text: string, language: string): string {
  const halves = text.split(" / ");
  const [zh = "", en = ""] = halves;
  if (halves.length === 2 && CHINESE.test(zh) && !/[\u4e00-\u9fff]/.test(en.replace(TAIL, ""))) return language === "en" ? en : zh + tailOf(zh, en);
  // Several pairs with figures between them, such as `已判 / decided 0, 已放 / released 2`.
  return language === "en" ? text.replace(/[^ ,;]*[\u4e00-\u9fff][^/,;]* \/ /g, "") : text.replace(/([\u4e00-\u9fff]) \/ [A-Za-z][A-Za-z' -]*[A-Za-z]/g, "$1");
}

const NEARNESS = { late: "bad", near: "warn", far: "plain" } as const;

/** A limit in words, with the moment itself at hand. */
export function Due({ at }: { at: string | null | undefined }) {
  const { t, moment } = useSpeech();
  if (!at) return <span className="quiet">–</span>;
  const { words, nearness } = due(t, at);
  return <Tag tone={NEARNESS[nearness]}><time dateTime={at} title={moment(at)}>{words}</time></Tag>;
}

export const Waiting = () => {
  const { t } = useSpeech();
  return <div role="status" style={{ padding: 40, textAlign: "center" }}><Spin /><p className="quiet">{t("loading")}</p></div>;
};

/** A number beside a word; nothing for none. */
export const Count = ({ of, tone, quiet }: { of: number; tone?: "bad"; quiet?: boolean }) =>
  (of > 0 ? <span className={quiet ? "quiet number" : tone ? `count ${tone}` : "count"}>{of}</span> : null);

export function Head({ title, about, children }: { title: ReactNode; about?: ReactNode; children?: ReactNode }) {
  return (
    <div className="head">
      <h1>{title}</h1>
      {about && <span className="about">{about}</span>}
      <span className="grow" />
      {children}
    </div>
  );
}

export const Panel = ({ title, children }: { title?: ReactNode; children: ReactNode }) => (
  <section className="panel">{title && <h2>{title}</h2>}{children}</section>
);

/** A part of a panel. */
export const Part = ({ title, children }: { title: ReactNode; children: ReactNode }) => <section className="part"><h2>{title}</h2>{children}</section>;

/** Nothing to show, in one line. */
export const Quiet = ({ children }: { children: ReactNode }) => <p className="quiet none">{children}</p>;

export const Facts = ({ of }: { of: [ReactNode, ReactNode][] }) => (
  <dl className="facts">{of.map(([name, value], n) => [<dt key={`n${n}`}>{name}</dt>, <dd key={`v${n}`}>{value}</dd>])}</dl>
);

/** Next and previous by cursor; the trail of cursors is the way back. */
export function Pager({ trail, next, total, shown, onTrail }: {
  trail: string[]; next: string | null; total?: number; shown: number; onTrail: (trail: string[]) => void;
}) {
  const { t, number } = useSpeech();
  return (
    <nav className="bar" aria-label={t("paging")} style={{ marginTop: 12 }}>
      <span className="quiet">{total === undefined ? t("shown", { n: number(shown) }) : t("shown.of", { n: number(shown), total: number(total) })}</span>
      <Button size="small" disabled={trail.length === 0} onClick={() => onTrail(trail.slice(0, -1))}>{t("previous")}</Button>
      <Button size="small" disabled={!next} onClick={() => next && onTrail([...trail, next])}>{t("next")}</Button>
    </nav>
  );
}
