import { useEffect, useRef, useState, type ReactNode } from "react";
import { useSpeech, type Key } from "../i18n";
import { useAsk } from "../api";
import type { Desk } from "../pages/Processes";
import { Button, Count, Modal } from "../ui";
import { useInbox, useMine, waiting } from "./inbox";
import { LanguageSwitch } from "./LanguageSwitch";
import { go, link, type Route } from "./route";
import { useSession } from "./session";

type Entry = { place: string; key?: string; may?: string; or?: string };
const MENU: { group: Key; entries: Entry[] }[] = [
  { group: "group.work", entries: [{ place: "", key: "h", may: "entities:read" }, { place: "inbox", key: "i", may: "entities:read" }, { place: "processes", key: "p", may: "entities:read" }] },
  { group: "group.thread", entries: [{ place: "trace", key: "t", may: "trace:read" }, { place: "udi", key: "u", may: "entities:read" }, { place: "rules", key: "k", may: "entities:read" }] },
  { group: "group.data", entries: [{ place: "dictionary", key: "d", may: "entities:read" }, { place: "glossary", key: "g", may: "entities:read" }, { place: "changes", may: "entities:read" }, { place: "codes", may: "quarantine:read" }, { place: "handbook", may: "entities:read" }, { place: "contracts", may: "entities:read" }, { place: "lineage", key: "j", may: "entities:read" }, { place: "entities", key: "e", may: "entities:read" }, { place: "masters", key: "m", may: "masters:read" },
    { place: "models", key: "b", may: "models:read" }, { place: "metrics", key: "x", may: "entities:read" }, { place: "pivots", key: "z", may: "entities:read" }, { place: "sql", may: "sql:read" }, { place: "services", key: "v", may: "entities:read" }] },
  { group: "group.quality", entries: [
    { place: "committee", key: "w", may: "entities:read" },
    { place: "quality", key: "q", may: "entities:read" }, { place: "profiles", key: "f", may: "quarantine:read" }, { place: "quarantine", key: "r", may: "quarantine:read" }, { place: "corrections", key: "c", may: "quarantine:read" },
  ] },
  { group: "group.operation", entries: [
    { place: "sources", key: "s", may: "entities:read" }, { place: "writebacks", may: "models:read" }, { place: "runs", key: "n", may: "entities:read" }, { place: "releases", key: "l", may: "entities:read" },
  ] },
  { group: "group.records", entries: [
    { place: "audit", key: "a", may: "audit:read" }, { place: "retention", key: "o", may: "retention:read" }, { place: "privacy", key: "y", may: "privacy:register" }, { place: "sharing", may: "entities:read" },
  ] },
  { group: "group.administration", entries: [
    { place: "accounts", may: "accounts:read" }, { place: "rights", may: "access:read" },
  ] },
  { group: "group.account", entries: [{ place: "account" }, { place: "delegations", may: "entities:write" }, { place: "unmasking", may: "unmask:ask", or: "unmask:read" }, { place: "tokens", may: "tokens:own" }] },
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

export function Shell({ route, children }: { route: Route; children: ReactNode }) {
  const { t, word } = useSpeech();
  const { session, signOut } = useSession();
  const [helping, setHelping] = useState(false);
  const [unfolded, setUnfolded] = useState(false);
  const main = useRef<HTMLElement>(null);
  useKeys(() => setHelping(true));
  const inbox = useInbox();
  const mine = useMine();
  const asked = useAsk<{ items: Desk[] }>(session?.can.includes("entities:read") ? "/processes" : null);
  const desks = asked.data?.items.filter((d) => d.acts) ?? [];
  useEffect(asked.reload, [inbox.data, asked.reload]); // what waits in the inbox changed, and the counts with it
  const desk = route.path[0] === "entities" ? desks.find((d) => d.entity === route.path[1])?.entity : undefined;
  const areas = [...new Set(desks.map((d) => d.area))];
  const place = desk ? undefined : route.path[0] ?? "";
  const count = waiting(inbox.data);
  const can = session?.can ?? [];
  useEffect(() => setUnfolded(false), [route.raw]); // on a phone the menu lies over the page that was chosen from it
  const page = route.path.join("/");
  useEffect(() => void window.scrollTo(0, 0), [page]); // another page begins at its top, wherever the last one was left
  const groups = MENU.map((g) => ({ ...g, entries: g.entries.filter((e) => !e.may || can.includes(e.may) || (e.or && can.includes(e.or))) })).filter((g) => g.entries.length);
  return (
    <div className="shell" onKeyDown={(e) => { if (e.key === "Escape") setUnfolded(false); }}>
      <a className="skip" href="#main" onClick={(e) => { e.preventDefault(); main.current?.focus(); }}>{t("skip")}</a>
      <header>
        <Button className="fold" size="small" aria-expanded={unfolded} aria-controls="menu" onClick={() => setUnfolded(!unfolded)}>
          {t("menu.fold")}{count > 0 && <> <Count of={count} /><span className="unseen"> {t("inbox.waiting")}</span></>}
        </Button>
        <a className="brand" href="#/">医脉<span className="latin"> Medthread</span></a>
        <span className="grow" />
        <span className="who" title={session?.name}>{session?.name}</span>
        <Button className="help" size="small" onClick={() => setHelping(true)} aria-label={t("keys.title")}>?</Button>
        <LanguageSwitch />
        <Button size="small" onClick={() => void signOut()}>{t("sign.out")}</Button>
      </header>
      <nav id="menu" aria-label={t("menu")} data-open={unfolded || undefined}
        onClick={(e) => { if (unfolded && (e.target as HTMLElement).closest("a")) { setUnfolded(false); main.current?.focus(); } }}>
        {groups.map((g) => (
          <div key={g.group}>
            <h2>{t(g.group)}</h2>
            {g.entries.map((e) => (
              <a key={e.place} href={`#/${e.place}`} aria-current={e.place === place ? "page" : undefined}>
                {t(`nav.${e.place || "home"}` as Key)}{e.place === "inbox" && count > 0 && <> <Count of={count} /><span className="unseen"> {t("inbox.waiting")}</span></>}
              </a>
            ))}
            {g.group === "group.work" && areas.map((a) => (
              <details key={a} open={desks.some((d) => d.area === a && d.entity === desk) || undefined}>
                <summary>{word(desks.find((d) => d.area === a)?.area_label)} <Count of={desks.filter((d) => d.area === a).reduce((n, d) => n + mine(d.entity), 0)} quiet /></summary>
                {desks.filter((d) => d.area === a).map((d) => (
                  <a key={d.entity} className="desk" href={link("entities", d.entity)} aria-current={d.entity === desk ? "page" : undefined}>{word(d.label)} <Count of={mine(d.entity)} quiet /></a>
                ))}
              </details>
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
