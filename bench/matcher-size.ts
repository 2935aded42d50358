import { measureSize } from './matcher.ts';

const [size, isQuick] = process.argv.slice(2);
process.send?.(await measureSize(Number(size), isQuick === 'true'));
process.disconnect();
