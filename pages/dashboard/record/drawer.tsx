// The open row, beside the list. The browser keeps the focus in it and Escape closes it.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { choose } from "../shell/address";

interface DrawerProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

export function Drawer({ title, children }: DrawerProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close(); // gives the focus back
  }, []);
  const close = (): void => dialog.current?.close();
  return (
    <dialog
      ref={dialog}
      class="drawer"
      aria-label={title}
      onClose={() => dialog.current && choose({ open: "" })}
      onClick={({ target }) => target === dialog.current && close()}
    >
      <div class="sheet">
        <header>
          <h2>{title}</h2>
          <button type="button" class="quiet" onClick={close}>
            Close
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
