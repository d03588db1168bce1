import { useSpeech } from "../i18n";
import { Button } from "../ui";

export function LanguageSwitch() {
  const { language, choose } = useSpeech();
  const other = language === "en" ? "zh-CN" : "en";
  return (
    <Button size="small" lang={other} onClick={() => choose(other)}>{other === "en" ? "English" : "中文"}</Button>
  );
}
