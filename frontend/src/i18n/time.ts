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

// The organisation's zone, once it is known who is signed in: a moment reads the same in every browser. Until then, the browser's.
const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;
let organisation: string | undefined;

/** Show and read moments in the organisation's zone from now on. */
export function keepZone(name: string | undefined): void {
  organisation = name;
}

/** The zone that moments are shown in. */
export const zone = (): string => organisation ?? HERE;

const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** Year, month, day, hour, minute and second of a moment, as a clock on the wall of a zone shows them. */
function clock(at: number, name: string): number[] {
  let format = FORMATS.get(name);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", { timeZone: name, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" });
    FORMATS.set(name, format);
  }
  const parts = new Map(format.formatToParts(at).map((p) => [p.type, Number(p.value)]));
  return (["year", "month", "day", "hour", "minute", "second"] as const).map((n) => parts.get(n) ?? 0);
}

/** How far a zone's clocks are ahead of UTC at a moment, in milliseconds. */
function ahead(at: number, name: string): number {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = clock(at, name);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

/** Whether this browser's clock shows the organisation's time. */
export const isHere = (): boolean => ahead(Date.now(), zone()) === ahead(Date.now(), HERE);

const pad = (n: number | undefined): string => String(n ?? 0).padStart(2, "0");

/** A zone's distance from UTC at a moment, such as "UTC+8". */
export function offset(at: number, name: string): string {
  const minutes = Math.round(ahead(at, name) / MINUTE);
  const rest = Math.abs(minutes) % 60;
  return `UTC${minutes < 0 ? "−" : "+"}${Math.floor(Math.abs(minutes) / 60)}${rest ? `:${pad(rest)}` : ""}`;
}

/** A moment in words: in the zone that it is given with, which the caller names; else in the organisation's, named where this browser's clock shows another. */
export function told(value: unknown, given?: string): string {
  if (typeof value !== "string" || !value) return "";
  const at = parsed(value);
  if (Number.isNaN(at)) return value;
  const name = given ?? zone();
  const [year, month, day, hour, minute] = clock(at, name);
  const words = `${year}-${pad(month)}-${pad(day)} ${pad(hour)}:${pad(minute)}`;
  return given !== undefined || ahead(at, name) === ahead(at, HERE) ? words : `${words} ${offset(at, name)}`;
}

/** A moment as the browser's own input holds it: by the organisation's clock, without a zone. */
export function local(value: string): string {
  const at = parsed(value);
  if (Number.isNaN(at)) return "";
  const [year, month, day, hour, minute] = clock(at, zone());
  return `${year}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minute)}`;
}

/** The same back, as a moment that means the same everywhere. Of an hour that clocks show twice the first; one that they leave out is read as if they did not. */
export function moment(value: string): string {
  const read = Date.parse(`${value}Z`);
  const [before, after] = [read - ahead(read - DAY, zone()), read - ahead(read + DAY, zone())];
  const fits = (at: number) => at + ahead(at, zone()) === read;
  return new Date(!fits(before) && fits(after) ? after : before).toISOString();
}
