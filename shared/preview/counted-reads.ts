import type { CountPorts } from './count-shard.ts';

/**
 * The same ports, and how many leads and raw events were read through them. `beforePage` is waited for before each page of
 * leads.
 */
export function countingReads(ports: CountPorts, beforePage: () => Promise<void> = async () => {}) {
  let reads = 0;
  const counting: CountPorts = {
    catalog: ports.catalog,
    scan: (asked) => {
      const readPage = ports.scan(asked);
      return async (...place) => {
        await beforePage();
        const page = await readPage(...place);
        reads += page.leads.length;
        return page;
      };
    },
    async *eventPages(...stream) {
      for await (const events of ports.eventPages(...stream)) {
        reads += events.length;
        yield events;
      }
    },
  };
  return { ports: counting, reads: () => reads };
}
