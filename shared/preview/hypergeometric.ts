/** Natural logarithm of n!, to about 1e-12 of itself. */
function logFactorial(n: number): number {
  if (n < 20) {
    let product = 1;
    for (let factor = 2; factor <= n; factor++) product *= factor;
    return Math.log(product);
  }
  const inverse = 1 / n;
  const series = inverse / 12 - inverse ** 3 / 360 + inverse ** 5 / 1_260;
  return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + series;
}

const logChoose = (n: number, k: number) => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

/** Leads drawn at random, without putting any back, from `population` of which `marked` match. */
interface Draw {
  readonly population: number;
  readonly drawn: number;
}

/** The chance that exactly `found` of those drawn match. */
function chanceOf({ population, drawn }: Draw, marked: number, found: number): number {
  if (found < Math.max(0, drawn - (population - marked)) || found > Math.min(drawn, marked)) return 0;
  const log = logChoose(marked, found) + logChoose(population - marked, drawn - found) - logChoose(population, drawn);
  return Math.exp(log);
}

/** The chance that at most `found` of those drawn match. */
export function chanceOfAtMost(draw: Draw, marked: number, found: number): number {
  const { population, drawn } = draw;
  // Terms are added from `found` away from the middle, where they only shrink.
  const middle = (drawn * marked) / population;
  if (found >= middle) return 1 - upFrom(draw, marked, found + 1);
  let term = chanceOf(draw, marked, found);
  let sum = 0;
  for (let x = found; term > sum * 1e-17 && x >= 0; x--) {
    sum += term;
    term *= (x * (population - marked - drawn + x)) / ((marked - x + 1) * (drawn - x + 1));
  }
  return Math.min(1, sum);
}

/** The chance that at least `found` of those drawn match. */
export function chanceOfAtLeast(draw: Draw, marked: number, found: number): number {
  if (found <= 0) return 1;
  const middle = (draw.drawn * marked) / draw.population;
  return found > middle ? upFrom(draw, marked, found) : 1 - chanceOfAtMost(draw, marked, found - 1);
}

function upFrom(draw: Draw, marked: number, found: number): number {
  const { population, drawn } = draw;
  let term = chanceOf(draw, marked, found);
  let sum = 0;
  for (let x = found; term > sum * 1e-17 && x <= drawn; x++) {
    sum += term;
    term *= ((marked - x) * (drawn - x)) / ((x + 1) * (population - marked - drawn + x + 1));
  }
  return Math.min(1, sum);
}
