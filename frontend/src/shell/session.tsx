import { createContext, useCallback, useContext, useEffect, useState, type ReactNode } from "react";
import { get, send, type Session } from "../api";
import { keepZone } from "../i18n/time";

type Held = { session: Session | null | undefined; signIn: (username: string, password: string, code?: string) => Promise<void>; signOut: () => Promise<void>; again: () => Promise<void> };
const Context = createContext<Held | null>(null);

/** Who is signed in: undefined until the server has said, null when nobody is. */
export function SessionHolder({ children }: { children: ReactNode }) {
  const [session, hold] = useState<Session | null | undefined>(undefined);
  const setSession = useCallback((found: Session | null) => { keepZone(found?.zone); hold(found); }, []);
  useEffect(() => {
    get<Session>("/session").then(setSession, () => setSession(null));
    const out = () => setSession(null);
    window.addEventListener("medthread:signed-out", out);
    return () => window.removeEventListener("medthread:signed-out", out);
  }, [setSession]);
  const signIn = useCallback(async (username: string, password: string, code?: string) => {
    setSession(await send<Session>("POST", "/session", { username, password, code }));
  }, [setSession]);
  const again = useCallback(async () => setSession(await get<Session>("/session")), [setSession]);
  const signOut = useCallback(async () => {
    await send("DELETE", "/session");
    setSession(null);
  }, [setSession]);
  return <Context.Provider value={{ session, signIn, signOut, again }}>{children}</Context.Provider>;
}

export function useSession(): Held {
  const held = useContext(Context);
  if (!held) throw new Error("SessionHolder must stand above");
  return held;
}

export const useMay = (action: string): boolean => useSession().session?.can.includes(action) ?? false;
