import { useState } from "react";
import { send } from "../api";
import { useSpeech } from "../i18n";
import { Reasoned } from "../shell/Reasoned";
import { useMay } from "../shell/session";
import { Button } from "../ui";

/** A load that lacks many rows known before waits for somebody who says that this is right. */
export function Accept({ load, onDone }: { load: string; onDone: () => void }) {
  const { t } = useSpeech();
  const may = useMay("runs:start");
  const [open, setOpen] = useState(false);
  if (!may) return null;
  if (!open) return <Button size="small" onClick={() => setOpen(true)}>{t("load.accept")}</Button>;
  return <Reasoned label={t("load.accept")} decide={(reason) => send("POST", `/loads/${load}/accept`, { reason })} onDone={onDone} />;
}
