/**
 * (d) Expanding a multirun of 50,000 jobs, each in a fresh process: overrides read, combined and printed. There is no
 * Hydra to compare with on most machines, so Python's itertools.product, which reads nothing, gives the scale.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure, lastFigures, median, type Row, run } from './measure.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const span = (count: number, of: (index: number) => number | string) =>
  Array.from({ length: count }, (_, index) => of(index)).join(',');

/** 50 x 20 x 10 x 5 values. */
const words = [
  `lr=${span(50, (index) => (index + 1) / 1000)}`,
  `seed=${span(20, (index) => index)}`,
  `model.name=${span(10, (index) => `resnet${index}`)}`,
  'optimizer=sgd,adam,adamw,lion,rmsprop',
];
const expected = 50_000;

const PROGRAMS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  Sweepdeck: [process.execPath, path.join(here, 'multirun-expand.ts')],
  'itertools.product': ['python3', path.join(here, 'multirun-product.py')],
};

/** Rows: program and median ms. Throws when a program makes other jobs than the first one. */
export async function measureMultirun(rounds: number): Promise<readonly Row[]> {
  const times = new Map<string, number[]>(Object.keys(PROGRAMS).map((name) => [name, []]));
  const characters = new Set<number>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, [program, ...args]] of Object.entries(PROGRAMS)) {
      const figures = lastFigures((await run(program, [...args, ...words], here)).stdout);
      if (figures['count'] !== expected) throw new Error(`${name} made ${figures['count'] ?? 0} jobs.`);
      characters.add(figures['characters'] ?? NaN);
      times.get(name)?.push(figures['ms'] ?? NaN);
    }
  }
  if (characters.size !== 1)
    throw new Error(`The programs printed different jobs: ${[...characters].join(', ')} characters.`);
  return [...times].map(([name, all]) => ({
    'multirun of 50,000 jobs': name,
    'ms, median': figure(median(all)),
    'at most': name === 'Sweepdeck' ? '150 ms' : '',
  }));
}
