// Addresses live behind the hash: the console works under any path, and every state can be sent as a link.
import { useSyncExternalStore } from "react";

export type Route = { path: string[]; search: URLSearchParams; raw: string };

const read = (): string => window.location.hash.replace(/^#\/?/, "");

const listen = (hear: () => void): (() => void) => {
  window.addEventListener("hashchange", hear);
  return () => window.removeEventListener("hashchange", hear);
};

export function useRoute(): Route {
  const raw = useSyncExternalStore(listen, read);
  const [path = "", search = ""] = raw.split("?", 2);
  return { path: path.split("/").filter(Boolean).map(decodeURIComponent), search: new URLSearchParams(search), raw };
}

export const go = (hash: string): void => {
  window.location.hash = hash.replace(/^#/, "");
};

export const link = (...parts: string[]): string => `#/${parts.map(encodeURIComponent).join("/")}`;

/** The same page with other search values; empty ones fall away. */
export function withSearch(route: Route, changes: Record<string, string | null>): string {
  const search = new URLSearchParams(route.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) search.set(name, value);
    else search.delete(name);
  }
  const text = search.toString();
  return `#/${route.path.map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`;
}
