import { createContext, useContext, useEffect, type ReactNode } from "react";
import { useAsk, type Asked, type Label } from "../api";
import type { Decision } from "../masters/model";
import type { Proposal as Change } from "../dictionary/model";
import type { MasterRequest } from "../masters/request";
import type { Grant } from "../pages/Unmasking";
import { useSession } from "./session";

export type Entry = { entity: string; record: string; title: string };
export type Task = Entry & {
  label: Label; gist: string | null; glance: { label: Label; value: Label; record: string | null }[]; state: string; state_label: Label | null; since: string; due_at: string | null;
  acts: { action: string; label: Label; on_behalf_of: string | null }[];
};
export type Proposal = Entry & {
  id: string; reaction: string; label: Label; event: string; event_label: Label; entity_label: Label | null; role: string; role_label: Label; at: string; by: string;
  body: Record<string, unknown>;
};
export type Overdue = Entry & {
  clock: string; label: Label; entity_label: Label | null; due_at: string; statutory: boolean; basis: string; escalated_at: string | null;
};
export type Failure = Entry & { event: string; type: string; entity_label: Label | null; reaction: string; label: Label | null; error: string; attempts: number };
export type Inbox = { tasks: Task[]; proposals: Proposal[]; overdue: Overdue[]; failures: Failure[]; unmasking: Grant[]; masters: Decision[]; requests: MasterRequest[]; changes: Change[] };

const MINUTE = 60_000;
const Context = createContext<Asked<Inbox> | null>(null);

/** The inbox, asked once a minute and after everything that was done here. */
export function InboxHolder({ children }: { children: ReactNode }) {
  const { session } = useSession();
  const asked = useAsk<Inbox>(session?.can.includes("entities:read") ? "/inbox" : null);
  const { reload } = asked;
  useEffect(() => {
    const timer = setInterval(() => { if (!document.hidden) reload(); }, MINUTE);
    return () => clearInterval(timer);
  }, [reload]);
  return <Context.Provider value={asked}>{children}</Context.Provider>;
}

export function useInbox(): Asked<Inbox> {
  const held = useContext(Context);
  if (!held) throw new Error("InboxHolder must stand above");
  return held;
}

/** What waits for a decision of this person. */
export const waiting = (inbox: Inbox | undefined): number => (inbox ? inbox.tasks.length + inbox.proposals.length + inbox.unmasking.length + inbox.masters.length + inbox.requests.length + inbox.changes.length : 0);

/** How much of a process waits for this person: the inbox says so, and no other count beside it. */
export function useMine(): (entity: string) => number {
  const { data } = useInbox();
  return (entity) => data?.tasks.filter((x) => x.entity === entity).length ?? 0;
}
