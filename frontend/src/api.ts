// The server's own words, typed; every screen asks through here.
import { useCallback, useEffect, useState } from "react";
import type { Kept } from "./sharing/KeptBack";

export type Label = { zh: string; en: string };
export type Session = { username: string; name: string; roles: string[]; can: string[]; must: string[]; zone: string; role_labels: Label[]; acts: boolean };
export type DemoAccount = { username: string; password: string; role: string; label: string; title: Label };
export type Choice = { code: string; label: Label };
export type Rule = { id: string; label: Label; dimension: string | null; gate?: string; severity?: string };
export type Field = {
  name: string; label: Label; type: string; required: boolean; key: boolean; reference: string | null; names?: string | null;
  choices: Choice[] | null; unit: string | null; classification: string; masked: boolean; restricted: boolean;
  search: boolean; list: boolean; sortable: boolean; hint: Label | null; standard: string | null; example: string | null;
  rules: Rule[]; definition?: Label | null; checks?: Rule[]; long?: boolean; given?: boolean; along?: { field: string; from: string }[];
};
export type State = { name: string; label: Label; terminal: boolean };
export type ProcessMeta = { name: string; label: Label; version: number; states: State[]; initial: string[]; opened_by: string[]; asked: string[] };
export type EntityMeta = {
  name: string; label: Label; about: Label | null; domain: string; owner: string; key: string[]; title: string; gist: string | null; glance: string[];
  native: boolean; can: { create: boolean; update: boolean; many: boolean }; fields: Field[]; retention: Label; synonyms: string[];
  process: ProcessMeta | null; part_of: { field: string; entity: string } | null; parts: string[];
};
export type Row = Record<string, unknown>;
export type Paged<T = Row> = { items: T[]; next: string | null; total?: number; sharing?: Kept[] };

export type Objection = { guard: string; zh: string; en: string; record: string; detail: string };

/** One row of many that was refused: which, about which field, why, and what stood there. */
export type WrongRow = { row: number; field: string | null; label: Label; value: string | null };

export class Problem extends Error {
  constructor(
    readonly status: number, readonly detail: string, readonly hint: string, readonly code: string = "", readonly because: Objection[] = [],
    readonly rows: WrongRow[] = [],
  ) {
    super(detail);
  }
}

const ROOT = new URL("api/v1", document.baseURI.split("#")[0]).pathname;

export const address = (path: string): string => ROOT + path;

async function answer<T>(response: Response): Promise<T> {
  if (response.ok) return response.status === 204 ? (undefined as T) : ((await response.json()) as T);
  return refuse(response);
}

async function refuse(response: Response): Promise<never> {
  let detail = `${response.status} ${response.statusText}`;
  let hint = "";
  let code = "";
  let because: Objection[] = [];
  let rows: WrongRow[] = [];
  try {
    const body = (await response.json()) as { type?: string; detail?: string; hint?: string; because?: Objection[]; rows?: WrongRow[] };
    detail = body.detail ?? detail;
    hint = body.hint ?? "";
    code = (body.type ?? "").replace("/problems/", "");
    because = body.because ?? [];
    rows = body.rows ?? [];
  } catch {
    // Not a problem document: the status says what there is to say.
  }
  if (response.status === 401) window.dispatchEvent(new Event("medthread:signed-out"));
  throw new Problem(response.status, detail, hint, code, because, rows);
}

const MARK = { "X-Requested-With": "medthread" };

/** The language that the reader chose: what the server says of an error comes in it. */
const spoken = (): Record<string, string> => ({ "Accept-Language": document.documentElement.lang });

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return answer<T>(await fetch(address(path), { headers: { Accept: "application/json", ...spoken() }, signal }));
}

export async function send<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const file = body instanceof FormData;
  return answer<T>(
    await fetch(address(path), {
      method,
      headers: { ...MARK, ...spoken(), ...(file || body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
      body: file ? body : body === undefined ? undefined : JSON.stringify(body),
    }),
  );
}

/** A file that is made of what is sent, kept under a name. */
export async function download(path: string, body: unknown, name: string): Promise<void> {
  const response = await fetch(address(path), { method: "POST", headers: { ...MARK, ...spoken(), "Content-Type": "application/json" }, body: JSON.stringify(body) });
  if (!response.ok) return refuse(response);
  const anchor = document.createElement("a");
  anchor.href = URL.createObjectURL(await response.blob());
  anchor.download = name;
  anchor.click();
  URL.revokeObjectURL(anchor.href);
}

export async function getTagged<T>(path: string): Promise<{ body: T; tag: string }> {
  const response = await fetch(address(path), { headers: spoken() });
  const tag = response.headers.get("ETag") ?? "";
  return { body: await answer<T>(response), tag };
}

export type Asked<T> = { data: T | undefined; problem: Problem | undefined; loading: boolean; reload: () => void };

/** Asks once per address, and again on reload or in another `round` of the caller's; an answer that comes too late is dropped. */
export function useAsk<T>(path: string | null, round = 0): Asked<T> {
  const [state, setState] = useState<{ path: string | null; data?: T; problem?: Problem }>({ path: null });
  const [turn, setTurn] = useState(0);
  const reload = useCallback(() => setTurn((n) => n + 1), []);
  useEffect(() => {
    if (path === null) return;
    const abort = new AbortController();
    get<T>(path, abort.signal).then(
      (data) => setState({ path, data }),
      (error: unknown) => {
        if (!abort.signal.aborted) setState({ path, problem: asProblem(error) });
      },
    );
    return () => abort.abort();
  }, [path, turn, round]);
  const current = state.path === path;
  return { data: current ? state.data : undefined, problem: current ? state.problem : undefined, loading: path !== null && !current, reload };
}

/** A key under which a request is done once, however often it is sent. */
export const onceKey = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

export const asProblem = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem(0, error instanceof Error ? error.message : String(error), "");

export const query = (values: Record<string, string | number | boolean | null | undefined | string[]>): string => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (Array.isArray(value)) value.forEach((v) => search.append(name, v));
    else if (value !== null && value !== undefined && value !== "" && value !== false) search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : "";
};
