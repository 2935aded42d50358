import { MemoryWorld } from '../../oracle/memory-world.ts';
import type { ImportChange, ImportJob, ImportMessage } from '../../shared/import/import-job.ts';
import type { ImporterPorts } from '../../shared/import/importer-ports.ts';
import { createImporter } from '../../shared/import/look-after-import.ts';
import type { ImportMapping, ImportQueue } from '../../shared/import/mapping.ts';
import { UnreadableFileError } from '../../shared/table/unreadable-file.ts';

/** The worker dies here. */
export class Killed extends Error {}

/** Imports whose records, files and queues are in memory. */
export function importWorld(content: string | Uint8Array, mapping: ImportMapping, more: Partial<ImporterPorts> = {}) {
  const importId = 'imp_1';
  let now = Date.parse('2026-11-28T10:00:00Z');
  let file = Buffer.from(content as string);
  const json = new Map<string, string>([['mapping-1', JSON.stringify(mapping)]]);
  const sent: { queue: ImportQueue; body: string }[] = [];
  const uploads = new Map<string, Map<number, string>>();
  const world = { job: undefined as ImportJob | undefined, refused: undefined as string | undefined, isFileKept: true };
  /** Called before whatever changes anything. */
  let before: (what: string) => void | Promise<void> = () => undefined;

  const ports: ImporterPorts = {
    now: () => now++,
    note: () => undefined,
    jobs: {
      get: async () => structuredClone(world.job),
      change: async (job: ImportJob, change: ImportChange) => {
        await before('change');
        if (world.job?.version !== job.version) return undefined;
        const after = { ...job, ...change, updatedAt: new Date(now).toISOString(), version: job.version + 1 };
        const entries = Object.entries(after).filter(([, value]) => value !== undefined);
        world.job = structuredClone(Object.fromEntries(entries)) as unknown as ImportJob;
        return structuredClone(world.job);
      },
    },
    files: {
      uploaded: async () => (world.isFileKept ? { etag: 'e', bytes: file.length } : undefined),
      reader: () =>
        async function* (from) {
          if (!world.isFileKept) throw new UnreadableFileError('The file is gone');
          for (let at = from; at < file.length; at += 1_000) yield file.subarray(at, at + 1_000);
        },
      put: async (_id, part, name, value) => {
        await before('put');
        json.set(`${part}-${name}`, JSON.stringify(value));
      },
      get: async (_id, part, name) => {
        const text = json.get(`${part}-${name}`);
        return text && JSON.parse(text);
      },
      remove: async (_id, part, name) => {
        await before('remove');
        json.delete(`${part}-${name}`);
      },
      beginRefused: async () => {
        await before('begin');
        const id = `upload-${uploads.size}`;
        uploads.set(id, new Map());
        return id;
      },
      putRefused: async (_id, uploadId, number, text) => {
        await before('part');
        uploads.get(uploadId)!.set(number, text);
        return `${number} ${text.length} ${text.slice(-50)}`;
      },
      completeRefused: async (_id, uploadId, parts) => {
        await before('complete');
        const upload = uploads.get(uploadId);
        if (!upload) return world.refused !== undefined;
        const texts = parts.map((_, index) => upload.get(index + 1)!);
        if (texts.some((text, index) => `${index + 1} ${text.length} ${text.slice(-50)}` !== parts[index]))
          return false;
        world.refused = texts.join('');
        uploads.delete(uploadId);
        return true;
      },
      removeFile: async () => {
        await before('remove');
        world.isFileKept = false;
      },
    },
    send: async (queue, messages) => {
      await before('send');
      sent.push(...messages.map(({ body }) => ({ queue, body })));
    },
    paceOf: () => async () => true,
    leads: new MemoryWorld().ports,
    evaluate: async () => ({ outcomes: new Map(), failed: new Map() }),
    freshAsOf: async () => new Date(now).toISOString(),
    manualMembers: async function* () {},
    ...more,
  };
  const lookAfter = createImporter(ports);
  const begin = (state: ImportJob['state']) => {
    world.job = {
      importId,
      fileName: 'Kontakte (neu).csv',
      author: 'ann',
      state,
      createdAt: '2026-11-28T09:00:00.000Z',
      updatedAt: '2026-11-28T09:00:00.000Z',
      version: 1,
      known: {},
      parts: [],
    };
  };
  return {
    world,
    sent,
    lookAfter: (message: ImportMessage = { kind: 'import', importId, attempt: 0 }, isTimeUp = () => false) =>
      lookAfter(message, isTimeUp),
    /** Has it inspected, and everything ready to send. */
    async prepare(): Promise<void> {
      begin('inspecting');
      await lookAfter({ kind: 'import', importId, attempt: 0 }, () => false);
      if (world.job?.state !== 'ready') throw new Error(`${world.job?.state}: ${world.job?.reason}`);
      world.job = { ...world.job, state: 'queued', mapping: '1', startedAt: '2026-11-28T10:00:00.000Z' };
    },
    begin,
    /** Has other bytes where the file was. */
    replaceFile: (other: string) => {
      file = Buffer.from(other);
    },
    pass: (ms: number) => {
      now += ms;
    },
    /** Runs before each step that changes anything, and may throw. */
    beforeSteps: (run: typeof before) => {
      before = run;
    },
    json: (name: string) => JSON.parse(json.get(name) ?? 'null'),
  };
}
