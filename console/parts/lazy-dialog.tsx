import { type ComponentType, createElement, lazy, Suspense, useEffect, useState } from 'react';

interface DialogProps {
  readonly isOpen: boolean;
}

/** A dialog whose code is loaded when it is first opened, not with the page that offers it. */
export function lazyDialog<Props extends DialogProps>(load: () => Promise<ComponentType<Props>>) {
  const Dialog = lazy(async () => ({ default: opensAfterwards(await load()) }));
  return function LazyDialog(props: Props) {
    const [wasOpened, setWasOpened] = useState(props.isOpen);
    if (props.isOpen && !wasOpened) setWasOpened(true);
    return wasOpened ? <Suspense>{createElement(Dialog, props)}</Suspense> : null;
  };
}

/** A dialog that is there before it opens: one that is born open does not know to whom to give the focus back. */
function opensAfterwards<Props extends DialogProps>(Dialog: ComponentType<Props>) {
  return function OpensAfterwards(props: Props) {
    const [isThere, setThere] = useState(false);
    useEffect(() => setThere(true), []);
    return <Dialog {...props} isOpen={isThere && props.isOpen} />;
  };
}
