// The open row, beside the list. The browser keeps the focus in it and Escape closes it.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { closeRow } from "../shell/address";

/** Where the focus was, over one open row and those that are linked from it. */
let opener: Element | null = null;

/** Gives the focus back where the browser could not: the row was in the link, or led to another. */
function giveBack(): void {
  if (document.activeElement !== document.body) return;
  const place = opener?.isConnected ? opener : document.getElementById("main");
  if (place instanceof HTMLElement) place.focus({ preventScroll: true });
}

interface DrawerProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

export function Drawer({ title, children }: DrawerProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    if (document.activeElement?.matches("a")) opener = document.activeElement;
    shown?.showModal();
    return () => {
      shown?.close();
      giveBack();
    };
  }, []);
  const close = (): void => dialog.current?.close();
  return (
    <dialog
      ref={dialog}
      class="drawer"
      aria-label={title}
      onClose={() => dialog.current && closeRow()}
      onClick={({ target }) => target === dialog.current && close()}
    >
      <div class="sheet">
        <header>
          <h2>{title}</h2>
          <button type="button" class="quiet" onClick={close}>
            Close
          </button>
        </header>
        <div class="contents" tabIndex={-1}>
          {children}
        </div>
      </div>
    </dialog>
  );
}
