import { inject } from 'vitest';

// Benches synthesize for themselves where nobody has: what they import reads this.
process.env.BENCH_ASSEMBLY = inject('benchAssembly');
