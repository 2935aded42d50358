import { parseArgs } from 'node:util';
import { runSchedule } from './schedule.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    schedules: { type: 'string', default: '10000' },
    from: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

if (values.seed !== undefined) {
  const { errors, trace, steps } = await runSchedule(Number(values.seed), { isTraced: true });
  console.log([...trace, '', `seed ${values.seed}: ${steps} steps`, ...errors.map((error) => `  ${error}`)].join('\n'));
  process.exit(errors.length > 0 ? 1 : 0);
}

const wrong: number[] = [];
const count = Number(values.schedules);
const from = Number(values.from);
const started = performance.now();
let steps = 0;
for (let seed = from; seed < from + count; seed++) {
  const result = await runSchedule(seed);
  steps += result.steps;
  if (result.errors.length > 0) {
    wrong.push(seed);
    console.error(`seed ${seed}: ${result.errors.slice(0, 3).join('; ')}`);
  }
}
const seconds = (performance.now() - started) / 1000;
console.error(`${count} schedules, ${wrong.length} wrong, ${steps} steps, ${seconds.toFixed(1)} s`);
if (values.json) console.log(JSON.stringify({ 'races.schedules': count, 'races.wrong': wrong.length }));
process.exit(wrong.length > 0 ? 1 : 0);
