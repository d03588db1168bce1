import { Select, Tabs as AntTabs } from "antd";
import { useState, type ReactNode } from "react";
import { useSpeech } from "../i18n";
import { useNarrow } from "./narrow";

type Tab = { key: string; label: string; children: ReactNode; destroyOnHidden?: boolean };
const SIDE_BY_SIDE = 3; // tabs that a phone has room for

/** Tabs; where there is no room for them beside each other, they are chosen from a list. */
export function Tabs({ items, activeKey, onChange }: { items: Tab[]; activeKey?: string; onChange?: (key: string) => void }) {
  const { t } = useSpeech();
  const [own, setOwn] = useState(items[0]?.key ?? "");
  const shown = activeKey ?? own;
  const choose = (key: string) => {
    setOwn(key);
    onChange?.(key);
  };
  if (!useNarrow() || items.length <= SIDE_BY_SIDE) return <AntTabs items={items} activeKey={shown} onChange={choose} />;
  return (
    <>
      <div className="bar"><Select style={{ width: "100%" }} aria-label={t("tabs")} value={shown} onChange={choose} options={items.map((i) => ({ value: i.key, label: i.label }))} /></div>
      {items.find((i) => i.key === shown)?.children}
    </>
  );
}
