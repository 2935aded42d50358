import { parseArgs } from 'node:util';
import { benchBudget } from './budget.ts';
import { benchBus } from './bus.ts';
import { benchColdStart } from './cold-start.ts';
import { benchConsole } from './console.ts';
import { benchImport } from './import.ts';
import { benchLimits } from './limits.ts';
import { benchLoad } from './load.ts';
import { benchMatcher } from './matcher.ts';
import { benchAtOnce, benchScale } from './scale.ts';
import { benchScan } from './scan.ts';

interface Options {
  readonly quick: boolean;
  readonly messages?: number;
  readonly leads?: number;
  readonly events?: number;
  readonly pageViews?: number;
  readonly state?: string;
}

const benches: Record<string, (options: Options) => Promise<Record<string, number>>> = {
  matcher: ({ quick }) => benchMatcher(quick),
  'cold-start': async ({ quick }) => benchColdStart(quick),
  scan: ({ quick }) => benchScan(quick),
  scale: ({ quick, ...size }) => benchScale({ ...(quick && { leads: 1_000 }), ...size }),
  'at-once': ({ quick, leads = quick ? 1_000 : 10_000 }) => benchAtOnce(leads),
  budget: ({ quick }) => benchBudget(quick),
  load: ({ quick, ...size }) => benchLoad({ ...(quick && { messages: 5_000, leads: 1_000 }), ...size }),
  import: ({ quick, leads = quick ? 10_000 : 200_000 }) => benchImport(leads),
  console: ({ quick }) => benchConsole(quick),
  limits: () => benchLimits(),
  bus: ({ quick, ...size }) => benchBus({ ...(quick && { leads: 500, rounds: 2, secondsPerRound: 15 }), ...size }),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    messages: { type: 'string' },
    leads: { type: 'string' },
    events: { type: 'string' },
    pageViews: { type: 'string' },
    state: { type: 'string' },
  },
});
// What is created at once is part of `scale`, too.
const names = positionals.length > 0 ? positionals : Object.keys(benches).filter((name) => name !== 'at-once');
const unknown = names.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) fail(`There is no bench ${unknown.join(', ')}; there are: ${Object.keys(benches).join(', ')}`);
const size = Object.fromEntries(
  (['messages', 'leads', 'events', 'pageViews'] as const).flatMap((name) =>
    values[name] === undefined ? [] : [[name, countIn(name)]],
  ),
);
const state = values.state === undefined ? {} : { state: values.state };
const figures: Record<string, number> = {};
// With --json only the line of figures goes to standard output; the tables go where people look.
if (values.json) console.log = console.error;
for (const name of names) Object.assign(figures, await benches[name]!({ quick: values.quick, ...size, ...state }));
const rounded = Object.fromEntries(
  Object.entries(figures).map(([name, value]) => [name, Number(value.toPrecision(4))]),
);
if (values.json) process.stdout.write(`${JSON.stringify(rounded)}\n`);

function countIn(name: 'messages' | 'leads' | 'events' | 'pageViews'): number {
  const count = Number(values[name]);
  if (!Number.isInteger(count) || count < 1) fail(`--${name} must be a number from 1, not ${values[name]}`);
  return count;
}

function fail(problem: string): never {
  console.error(problem);
  process.exit(2);
}
