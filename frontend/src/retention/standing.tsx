import type { Label } from "../api";
import { useSpeech, type Key } from "../i18n";
import { Tag, type Tone } from "../ui";

export type Destroyed = {
  id: string; entity: string; label: Label | null; status: string; rule: Label; due_by: string; proposed_by: string; proposed_at: string;
  decided_by: string | null; decided_at: string | null; reason: string | null; executed_by: string | null; executed_at: string | null;
  method: string | null; records: number | null; keys_hash: string | null; outcome: Record<string, unknown> | null; counts: Partial<Record<string, number>>;
};

const TONES: Record<string, Tone> = { proposed: "warn", approved: "busy", executing: "busy", refused: "plain", executed: "good", spared: "good", destroyed: "plain" };

/** Where a destruction, or a record in one, stands. */
export function Standing({ of }: { of: string }) {
  const { t, has } = useSpeech();
  const key = `retention.is.${of}`;
  return <Tag tone={TONES[of] ?? "plain"}>{has(key) ? t(key as Key) : of}</Tag>;
}
