import { parseArgs } from 'node:util';
import { removals } from './removals.ts';
import { runSchedule } from './schedule.ts';
import { tryRemoval } from './try-removal.ts';

/** Runs many schedules, then takes each protective step away; or one seed, with all that happens. */
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    without: { type: 'string' },
    schedules: { type: 'string', default: '10000' },
    from: { type: 'string', default: '1' },
    most: { type: 'string', default: '3000' },
    deployment: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const started = performance.now();
const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;

async function showSeed(): Promise<void> {
  const seed = Number(values.seed);
  const removal = removals.find(({ name }) => name === values.without);
  if (values.without !== undefined && !removal) throw new Error(`No protective step is called: ${values.without}`);
  const { errors, trace, steps } = await runSchedule(seed, {
    removal,
    isTraced: true,
    ...(values.deployment && { hasDeployment: true }),
  });
  console.log([...trace, '', `seed ${seed}: ${steps} steps`, ...errors.map((error) => `  ${error}`)].join('\n'));
  process.exitCode = errors.length > 0 ? 1 : 0;
}

/** Runs so many schedules from the first seed on; answers how many went wrong. */
async function runMany(count: number, hasDeployment: boolean): Promise<number> {
  const from = Number(values.from);
  const what = hasDeployment ? 'schedules with a deployment' : 'schedules';
  let [steps, wrong] = [0, 0];
  for (let seed = from; seed < from + count; seed++) {
    const result = await runSchedule(seed, { hasDeployment });
    steps += result.steps;
    const done = seed - from + 1;
    if (done % 1_000 === 0 && done < count) console.error(`${done} ${what}, ${seconds()}`);
    if (result.errors.length === 0) continue;
    wrong++;
    console.error(`seed ${seed}: ${result.errors.slice(0, 3).join('; ')}`);
  }
  console.error(`${count} ${what} from seed ${from}, ${wrong} wrong, ${steps} steps, ${seconds()}`);
  return wrong;
}

async function runAll(): Promise<void> {
  const count = Number(values.schedules);
  const wrong = await runMany(count, false);
  const deployments = Math.ceil(count / 5);
  const wrongDeployments = await runMany(deployments, true);

  let caught = 0;
  for (const removal of removals) {
    const { schedules, seed, error } = await tryRemoval(removal, Number(values.most));
    if (error !== undefined) caught++;
    const found = error === undefined ? 'NOT FOUND' : `seed ${seed}: ${error.split('\n')[0]!.slice(0, 160)}`;
    console.error(`without "${removal.name}": ${schedules} schedules; ${found}`);
  }
  console.error(`${caught} of ${removals.length} steps found missing, ${seconds()}`);
  if (values.json) {
    const figures = {
      schedules: count,
      wrong,
      deployments,
      wrongDeployments,
      removalsCaught: caught,
      removalsTried: removals.length,
    };
    const named = Object.entries(figures).map(([name, value]) => [`races.${name}`, value]);
    console.log(JSON.stringify(Object.fromEntries(named)));
  }
  process.exitCode = wrong + wrongDeployments > 0 || caught < removals.length ? 1 : 0;
}

await (values.seed === undefined ? runAll() : showSeed());
