import type { Removal } from './removal.ts';

/** Every protective step, each with what takes it away. */
export const removals: readonly Removal[] = [
  {
    name: 'the condition on the version of a lead document',
    protects: 'two writers never both build on the same document',
    weaknesses: { ignoresCondition: (table) => table === 'Leads' },
  },
];
