/** What TanStack keeps with each entry of the browser's history: which one it is, and its key. */
const indexKey = '__TSR_index';

/**
 * Numbers the entries of the browser's history that somebody makes by typing an address. The router would take each for its
 * first: "Stay" would not lead back from it, and the next Back would be ignored. To be called before the router's history
 * is made, so that it hears of them second. `indexNow`: the number of the present entry.
 */
export function numberTypedAddresses(indexNow: () => number): void {
  window.addEventListener('popstate', () => {
    const state = window.history.state as Record<string, unknown> | null;
    if (state?.[indexKey] !== undefined) return;
    const key = crypto.randomUUID();
    // The prototype's: the router has put its own in its place, which would tell of a navigation.
    const numbered = { ...state, [indexKey]: indexNow() + 1, key, __TSR_key: key };
    History.prototype.replaceState.call(window.history, numbered, '');
  });
}
