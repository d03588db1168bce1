import { useEffect } from "react";
import { address, useAsk, type Label } from "../api";
import { useSpeech } from "../i18n";
import { Button } from "../ui";

export type ProviderName = { name: string; label: Label };
const CHANNEL = "medthread.proof";

/** Where people sign in beside here; nothing where this installation has no provider. */
export const useProviders = (): ProviderName[] => useAsk<{ items: ProviderName[] }>("/providers").data?.items ?? [];

/** For those who have no password here: prove at the provider who signs; its ticket stands in place of a password, once. */
export function ProviderProof({ onTicket }: { onTicket: (ticket: string) => void }) {
  const { t, word } = useSpeech();
  const providers = useProviders();
  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = (event: MessageEvent<string>) => onTicket(event.data);
    return () => channel.close();
  }, [onTicket]);
  if (providers.length === 0) return null;
  return (
    <p className="bar">
      {providers.map((p) => (
        <Button key={p.name} size="small" onClick={() => window.open(address(`/providers/${encodeURIComponent(p.name)}/proof`), CHANNEL, "popup,width=520,height=640")}>
          {t("proof.at", { provider: word(p.label) })}
        </Button>
      ))}
    </p>
  );
}

/** The window that came back from the provider hands its ticket to the one that asked, and goes. */
export function hand(ticket: string): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(ticket);
  channel.close();
  window.close();
}
