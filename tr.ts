import { removals } from './test/races/removals.ts';
import { tryRemoval } from './test/races/try-removal.ts';
for (const removal of removals) {
  const t = performance.now();
  const { schedules, error } = await tryRemoval(removal, 500);
  console.log(String(schedules).padStart(4), `${((performance.now() - t) / 1000).toFixed(1)}s`.padStart(7), removal.name, '=>', (error ?? 'NOT FOUND').slice(0, 110));
}
