import { createContext, useCallback, useContext, useEffect, useState, type ReactNode } from "react";
import { get, send, type Session } from "../api";

type Held = { session: Session | null | undefined; signIn: (username: string, password: string, code?: string) => Promise<void>; signOut: () => Promise<void>; again: () => Promise<void> };
const Context = createContext<Held | null>(null);

/** Who is signed in: undefined until the server has said, null when nobody is. */
export function SessionHolder({ children }: { children: ReactNode }) {
  const [session, setSession] = useState<Session | null | undefined>(undefined);
  useEffect(() => {
    get<Session>("/session").then(setSession, () => setSession(null));
    const out = () => setSession(null);
    window.addEventListener("medthread:signed-out", out);
    return () => window.removeEventListener("medthread:signed-out", out);
  }, []);
  const signIn = useCallback(async (username: string, password: string, code?: string) => {
    setSession(await send<Session>("POST", "/session", { username, password, code }));
  }, []);
  const again = useCallback(async () => setSession(await get<Session>("/session")), []);
  const signOut = useCallback(async () => {
    await send("DELETE", "/session");
    setSession(null);
  }, []);
  return <Context.Provider value={{ session, signIn, signOut, again }}>{children}</Context.Provider>;
}

export function useSession(): Held {
  const held = useContext(Context);
  if (!held) throw new Error("SessionHolder must stand above");
  return held;
}

export const useMay = (action: string): boolean => useSession().session?.can.includes(action) ?? false;
