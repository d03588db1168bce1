import { useEffect, useRef, useState, type ReactNode } from "react";
import { useSpeech, type Key } from "../i18n";
import { Button, Modal } from "../ui";
import { LanguageSwitch } from "./LanguageSwitch";
import { go } from "./route";
import { useSession } from "./session";

type Entry = { place: string; key?: string; may?: string };
const MENU: { group: Key; entries: Entry[] }[] = [
  { group: "group.thread", entries: [{ place: "", key: "h", may: "entities:read" }, { place: "trace", key: "t", may: "trace:read" }, { place: "udi", key: "u", may: "entities:read" }] },
  { group: "group.data", entries: [{ place: "dictionary", key: "d", may: "entities:read" }, { place: "entities", key: "e", may: "entities:read" }, { place: "masters", key: "m", may: "masters:read" }] },
  { group: "group.quality", entries: [
    { place: "quality", key: "q", may: "entities:read" }, { place: "quarantine", key: "r", may: "quarantine:read" }, { place: "corrections", key: "c", may: "quarantine:read" },
  ] },
  { group: "group.operation", entries: [
    { place: "sources", key: "s", may: "entities:read" }, { place: "runs", key: "n", may: "entities:read" }, { place: "releases", key: "l", may: "entities:read" }, { place: "audit", key: "a", may: "audit:read" },
  ] },
  { group: "group.administration", entries: [
    { place: "accounts", may: "accounts:read" }, { place: "rights", may: "access:read" }, { place: "account", key: "i" }, { place: "tokens", may: "tokens:own" },
  ] },
];

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** `g` and a letter goes to a page, `/` to the page's search, `?` shows the keys. */
function useKeys(help: () => void): void {
  const waiting = useRef(false);
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (waiting.current) {
        waiting.current = false;
        const entry = MENU.flatMap((g) => g.entries).find((e) => e.key === event.key);
        if (entry) go(`/${entry.place}`);
      } else if (event.key === "g") {
        waiting.current = true;
      } else if (event.key === "?") {
        help();
      } else if (event.key === "/") {
        event.preventDefault();
        document.querySelector<HTMLInputElement>("main input[type=search], main input[type=text]")?.focus();
      }
    };
    window.addEventListener("keydown", hear);
    return () => window.removeEventListener("keydown", hear);
  }, [help]);
}

export function Shell({ place, children }: { place: string; children: ReactNode }) {
  const { t } = useSpeech();
  const { session, signOut } = useSession();
  const [helping, setHelping] = useState(false);
  const main = useRef<HTMLElement>(null);
  useKeys(() => setHelping(true));
  const can = session?.can ?? [];
  const groups = MENU.map((g) => ({ ...g, entries: g.entries.filter((e) => !e.may || can.includes(e.may)) })).filter((g) => g.entries.length);
  return (
    <div className="shell">
      <a className="skip" href="#main" onClick={(e) => { e.preventDefault(); main.current?.focus(); }}>{t("skip")}</a>
      <header>
        <a className="brand" href="#/">医脉 Medthread</a>
        <span className="grow" />
        <span>{session?.name}</span>
        <Button size="small" onClick={() => setHelping(true)} aria-label={t("keys.title")}>?</Button>
        <LanguageSwitch />
        <Button size="small" onClick={() => void signOut()}>{t("sign.out")}</Button>
      </header>
      <nav aria-label={t("menu")}>
        {groups.map((g) => (
          <div key={g.group}>
            <h2>{t(g.group)}</h2>
            {g.entries.map((e) => (
              <a key={e.place} href={`#/${e.place}`} aria-current={e.place === place ? "page" : undefined}>{t(`nav.${e.place || "home"}` as Key)}</a>
            ))}
          </div>
        ))}
      </nav>
      <main id="main" ref={main} tabIndex={-1}>{children}</main>
      <Modal open={helping} title={t("keys.title")} footer={null} onCancel={() => setHelping(false)}>
        <p><kbd>/</kbd> {t("keys.search")}</p>
        <p><kbd>?</kbd> {t("keys.help")}</p>
        <p><kbd>Esc</kbd> {t("keys.close")}</p>
        {groups.flatMap((g) => g.entries).filter((e) => e.key).map((e) => (
          <p key={e.place}><kbd>g</kbd> <kbd>{e.key}</kbd> {t(`nav.${e.place || "home"}` as Key)}</p>
        ))}
      </Modal>
    </div>
  );
}
