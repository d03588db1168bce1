// How long, and until when, in words: a reader should not have to subtract dates.
import type { Speech } from "./index";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const parsed = (value: string): number => new Date(/[zZ]|[+-]\d\d:?\d\d$/.test(value) ? value : `${value}Z`).getTime();

/** A span in its largest unit, such as "3 days": the second unit says nothing that anybody acts on. */
export function span(t: Speech["t"], milliseconds: number): string {
  const length = Math.abs(milliseconds);
  if (length >= 2 * DAY) return t("span.days", { n: Math.floor(length / DAY) });
  if (length >= 2 * HOUR) return t("span.hours", { n: Math.floor(length / HOUR) });
  return t("span.minutes", { n: Math.max(1, Math.floor(length / MINUTE)) });
}

export type Nearness = "late" | "near" | "far";

/** Whether a limit passed, comes within a day, or is further off; and that in words. */
export function due(t: Speech["t"], value: string, now = Date.now()): { words: string; nearness: Nearness } {
  const left = parsed(value) - now;
  if (left < 0) return { words: t("due.late", { span: span(t, left) }), nearness: "late" };
  return { words: t("due.left", { span: span(t, left) }), nearness: left < DAY ? "near" : "far" };
}

/** How long something has stood. */
export const since = (t: Speech["t"], value: string, now = Date.now()): string => span(t, now - parsed(value));

const pad = (n: number): string => String(n).padStart(2, "0");

/** A moment as the browser's own input holds it: local, without a zone. */
export function local(value: string): string {
  const at = new Date(parsed(value));
  if (Number.isNaN(at.getTime())) return "";
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

/** The same back, as a moment that means the same everywhere. */
export const moment = (value: string): string => new Date(value).toISOString();
