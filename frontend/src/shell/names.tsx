import { createContext, useContext, useMemo, type ReactNode } from "react";
import { useAsk, type Label } from "../api";
import { useSpeech } from "../i18n";
import { link } from "./route";
import { useSession } from "./session";

type Named = { name: string; label: Label };
const Context = createContext<Map<string, Label>>(new Map());

/** What entities are called, asked once. */
export function NamesHolder({ children }: { children: ReactNode }) {
  const { session } = useSession();
  const known = useAsk<{ entities: Named[] }>(session?.can.includes("entities:read") ? "/meta" : null).data?.entities;
  const names = useMemo(() => new Map((known ?? []).map((e) => [e.name, e.label])), [known]);
  return <Context.Provider value={names}>{children}</Context.Provider>;
}

export const useNames = (): Map<string, Label> => useContext(Context);

/** What an entity is called; its technical name where that is not known. */
export function useCalled(): (entity: string) => string {
  const { word } = useSpeech();
  const names = useNames();
  return (entity) => { const label = names.get(entity); return label ? word(label) : entity; };
}

/** A record as rules name it, `entity/key`, as a link that says what it is; by its number where that is known. */
export function RecordLink({ of, number }: { of: string; number?: string | null }) {
  const { word } = useSpeech();
  const names = useNames();
  const cut = of.indexOf("/");
  const [entity, key] = [of.slice(0, cut), of.slice(cut + 1)];
  const label = names.get(entity);
  if (cut < 0 || !label || !key) return <span className="mono">{of}</span>;
  return <a href={link("entities", entity, key)}>{word(label)} <span className="mono">{number ?? key.replaceAll("|", " / ")}</span></a>;
}
