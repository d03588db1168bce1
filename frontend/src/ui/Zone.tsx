import { useSpeech } from "../i18n";
import { offset, zone } from "../i18n/time";

/** In which zone the moments of a page are shown: said once, above them. */
export function Zone() {
  const { t } = useSpeech();
  return <p className="quiet">{t("time.zone", { zone: zone(), offset: offset(Date.now(), zone()) })}</p>;
}
