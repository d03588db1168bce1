import { Drawer as AntDrawer, Modal as AntModal } from "antd";
import type { DrawerProps, ModalProps } from "antd";

const FIELDS = "input:not([disabled]):not([type=hidden]), textarea:not([disabled])";

/** A dialog that stands open has the keyboard in it: on what it marks with `data-focus`, else in its first field. Where somebody types already, they go on. */
function enter(open: boolean): void {
  const dialog = [...document.querySelectorAll<HTMLElement>("[role=dialog]")].at(-1);
  if (!open || !dialog || (dialog.contains(document.activeElement) && document.activeElement?.matches(FIELDS))) return;
  (dialog.querySelector<HTMLElement>("[data-focus]") ?? dialog.querySelector<HTMLElement>(FIELDS))?.focus();
}

export const Modal = (props: ModalProps) => <AntModal afterOpenChange={enter} {...props} />;

export const Drawer = (props: DrawerProps) => <AntDrawer afterOpenChange={enter} {...props} />;
