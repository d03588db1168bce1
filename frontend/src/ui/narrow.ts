import { useSyncExternalStore } from "react";

// The same width as in base.css: below it there is one column, and the menu is folded away.
const NARROW = window.matchMedia("(max-width: 760px)");

const listen = (changed: () => void) => {
  NARROW.addEventListener("change", changed);
  return () => NARROW.removeEventListener("change", changed);
};

/** Whether the page is as narrow as a phone, or magnified until it is. */
export const useNarrow = (): boolean => useSyncExternalStore(listen, () => NARROW.matches);
