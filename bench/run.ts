import { parseArgs } from 'node:util';
import { benchMatcher } from './matcher.ts';
import { benchScan } from './scan.ts';

const benches: Record<string, (isQuick: boolean) => Promise<Record<string, number>>> = {
  matcher: benchMatcher,
  scan: benchScan,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});
const names = positionals.length > 0 ? positionals : Object.keys(benches);
const unknown = names.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}; there are: ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
const figures: Record<string, number> = {};
// With --json only the line of figures goes to standard output; the tables go where people look.
if (values.json) console.log = console.error;
for (const name of names) Object.assign(figures, await benches[name]!(values.quick));
const rounded = Object.fromEntries(
  Object.entries(figures).map(([name, value]) => [name, Number(value.toPrecision(4))]),
);
if (values.json) process.stdout.write(`${JSON.stringify(rounded)}\n`);
