import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import type { Chance } from '../../oracle/chance.ts';
import type { Scheduler } from './scheduler.ts';
import { settings } from './store/cloud.ts';

/**
 * Puts the simulator's clock, pauses, randomness and settings in the place of the process's own, so that a schedule is
 * decided by its seed alone. Answers what puts the process's own back.
 */
export function simulateProcess(scheduler: Scheduler, chance: Chance): () => void {
  const own = {
    Date: globalThis.Date,
    random: Math.random,
    sleep: timers.setTimeout,
    getRandomValues: globalThis.crypto.getRandomValues,
    warn: console.warn,
    error: console.error,
    write: process.stdout.write,
    env: Object.fromEntries(Object.keys(settings).map((name) => [name, process.env[name]])),
  };
  globalThis.Date = class extends own.Date {
    constructor(...parts: [] | [number | string]) {
      if (parts.length === 0) super(scheduler.now);
      else super(...(parts as [number]));
    }
    static override now(): number {
      return scheduler.now;
    }
  } as DateConstructor;
  Math.random = () => chance.next();
  globalThis.crypto.getRandomValues = (array) => {
    if (array instanceof Uint8Array)
      for (let index = 0; index < array.length; index++) array[index] = chance.below(256);
    return array;
  };
  timers.setTimeout = (() => scheduler.pause()) as unknown as typeof timers.setTimeout;
  syncBuiltinESMExports();
  const note = (...parts: unknown[]) => scheduler.note(scheduler.running?.name ?? '', parts.map(String).join(' '));
  console.warn = note;
  console.error = note;
  // Metrics are lines of the log; what else is written goes where it goes.
  process.stdout.write = ((line: string | Uint8Array, ...rest: never[]) =>
    String(line).startsWith('{"_aws"') || own.write.call(process.stdout, line, ...rest)) as typeof own.write;
  Object.assign(process.env, settings);
  return () => {
    globalThis.Date = own.Date;
    Math.random = own.random;
    globalThis.crypto.getRandomValues = own.getRandomValues;
    timers.setTimeout = own.sleep;
    syncBuiltinESMExports();
    console.warn = own.warn;
    console.error = own.error;
    process.stdout.write = own.write;
    for (const [name, value] of Object.entries(own.env)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
