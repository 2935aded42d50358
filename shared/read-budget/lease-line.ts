import type { ClaimPorts, SlotClaimer } from './slot-claims.ts';

/** How long (ms) a page waits for others of its process to ask with. */
const gatherMs = 2;

/** A page that waits to be asked for. */
interface WaitingPage {
  readonly key: string;
  /** Told whether units of its key were granted. */
  readonly answer: (isGranted: boolean) => void;
}

/**
 * Makes the line in which the pages of a process wait to be asked for, those together that come together. It answers whether
 * units of the page's key were granted; if nobody can be asked, `fail` is told before.
 */
export function createLeaseLine(
  { begin, ask }: Pick<SlotClaimer, 'begin' | 'ask'>,
  { sleep }: Pick<ClaimPorts, 'sleep'>,
  fail: (error: unknown) => void,
): (key: string) => Promise<boolean> {
  let waiting: WaitingPage[] = [];
  let isAsking = false;

  const takeAll = (): readonly WaitingPage[] => {
    const all = waiting;
    waiting = [];
    return all;
  };

  const askForAll = async (): Promise<void> => {
    if (isAsking) return;
    isAsking = true;
    while (waiting.length > 0) {
      await sleep(gatherMs);
      let asking: readonly WaitingPage[] = [];
      let keys: ReadonlySet<string> = new Set();
      try {
        await begin();
        asking = takeAll();
        keys = await ask(asking.map(({ key }) => key));
      } catch (error) {
        fail(error);
        asking = [...asking, ...takeAll()];
      }
      for (const { key, answer } of asking) answer(keys.has(key));
    }
    isAsking = false;
  };

  return (key) =>
    new Promise((answer) => {
      waiting.push({ key, answer });
      void askForAll();
    });
}
