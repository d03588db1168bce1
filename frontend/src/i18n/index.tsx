// Both languages, one key set: a key missing in English does not compile.
import { createContext, useContext, useMemo, useState, type ReactNode } from "react";
import type { Label } from "../api";
import { told } from "./time";
import en from "./en.json";
import zh from "./zh-CN.json";

export type Language = "zh-CN" | "en";
export type Key = keyof typeof zh;
const CATALOGUES: Record<Language, Record<Key, string>> = { "zh-CN": zh, en };
const KEPT = "medthread.language";

export type Speech = {
  language: Language;
  t: (key: Key, values?: Record<string, string | number>) => string;
  has: (key: string) => boolean;
  word: (label: Label | null | undefined) => string;
  number: (value: number) => string;
  moment: (value: unknown, zone?: string) => string;
  choose: (language: Language) => void;
};

const Context = createContext<Speech | null>(null);

function first(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === "zh-CN" || kept === "en") return kept;
  return navigator.language.toLowerCase().startsWith("zh") || !navigator.language ? "zh-CN" : "en";
}

/** Keeps a language and names it in the document, where requests take it from: before anything is asked for in it. */
function speak(language: Language): Language {
  document.documentElement.lang = language;
  localStorage.setItem(KEPT, language);
  return language;
}

export function Speaking({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() => speak(first()));
  const speech = useMemo<Speech>(() => {
    const words = CATALOGUES[language];
    const numbers = new Intl.NumberFormat(language);
    return {
      language,
      choose: (chosen) => setLanguage(speak(chosen)),
      t: (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)),
      has: (key) => key in words,
      word: (label) => (label ? (language === "en" ? label.en : label.zh) : ""),
      number: (value) => numbers.format(value),
      moment: told,
    };
  }, [language]);
  return <Context.Provider value={speech}>{children}</Context.Provider>;
}

export function useSpeech(): Speech {
  const speech = useContext(Context);
  if (!speech) throw new Error("Speaking must stand above");
  return speech;
}
