import { removals } from './test/races/removals.ts';
import { tryRemoval } from './test/races/try-removal.ts';
for (const removal of removals.filter(({ name }) => !process.argv[2] || name.includes(process.argv[2]))) {
  const t = performance.now();
  const { schedules, error } = await tryRemoval(removal, 1500);
  console.log(String(schedules).padStart(4), `${((performance.now() - t) / 1000).toFixed(1)}s`.padStart(7), removal.name, '=>', (error ?? 'NOT FOUND').slice(0, 110));
}
