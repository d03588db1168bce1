import { DatePicker } from "antd";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import { isHere, offset, zone } from "../i18n/time";

const DAY = "YYYY-MM-DD";
const MOMENT = "YYYY-MM-DD HH:mm";
const KEPT = "YYYY-MM-DDTHH:mm";

type Given = { value?: string | null; onChange?: (value: string | null) => void; id?: string; disabled?: boolean; moment?: boolean; placeholder?: string; "aria-label"?: string };

/** A day, or a moment, written as everywhere else here and not as the browser's own country writes it; a moment by the organisation's clock, and "now" only where the browser's is the same. Values are text. */
export function DayInput({ value, onChange, moment, ...rest }: Given) {
  return (
    <DatePicker
      {...rest} value={value ? dayjs(value) : null} format={moment ? MOMENT : DAY} showTime={moment ? { format: "HH:mm" } : false} needConfirm={false}
      {...(moment && !isHere() ? { showNow: false, suffixIcon: <span className="quiet">{offset(Date.now(), zone())}</span> } : {})}
      style={{ width: "100%" }} onChange={(at) => onChange?.(at ? at.format(moment ? KEPT : DAY) : null)}
    />
  );
}
