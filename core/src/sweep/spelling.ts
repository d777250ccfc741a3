/** What people write for what they mean, where the letters alone don't say it. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  params: ['parameters'],
  hyperparameters: ['parameters'],
  hparams: ['parameters'],
  script: ['program'],
  choices: ['values'],
  options: ['values'],
  low: ['min'],
  lower: ['min'],
  minimum: ['min', 'minimize'],
  high: ['max'],
  upper: ['max'],
  maximum: ['max', 'maximize'],
  min: ['minimize'],
  max: ['maximize'],
  mean: ['mu'],
  std: ['sigma'],
  stddev: ['sigma'],
  alpha: ['a'],
  beta: ['b'],
  step: ['q'],
  dist: ['distribution'],
  early_stopping: ['early_terminate'],
  early_stop: ['early_terminate'],
  direction: ['goal'],
  mode: ['goal'],
  objective: ['metric', 'name'],
  count: ['run_cap'],
  max_runs: ['run_cap'],
  choice: ['categorical'],
  randint: ['int_uniform'],
  int: ['int_uniform'],
  float: ['uniform'],
  gaussian: ['normal'],
  bayesian: ['bayes'],
  tpe: ['bayes'],
};

/** The allowed word that was most likely meant, or undefined when none is near. */
export function nearest(word: string, allowed: readonly string[]): string | undefined {
  const plain = fold(word);
  const said = word.toLowerCase();
  const meant = Object.hasOwn(synonyms, said)
    ? synonyms[said]?.find((candidate) => allowed.includes(candidate))
    : undefined;
  if (meant !== undefined) return meant;
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of allowed) {
    const other = fold(candidate);
    const limit = Math.max(1, Math.floor(Math.min(plain.length, other.length) / 3));
    // a beginning or continuation is near, but a word with a slip in it is nearer
    const isExtension =
      Math.min(plain.length, other.length) >= 3 && (other.startsWith(plain) || plain.startsWith(other));
    const distance = Math.min(editDistance(plain, other, limit), isExtension ? 1.5 : Infinity);
    // of one-letter words every other is one edit away
    if (
      distance < bestDistance &&
      (isExtension || distance <= limit) &&
      distance < Math.max(plain.length, other.length)
    ) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** All of `allowed`, the ones that look most like `word` first; equals keep their order. */
export function closest(word: string, allowed: readonly string[]): readonly string[] {
  const plain = fold(word);
  const best = nearest(word, allowed);
  return allowed
    .map((candidate) => ({
      candidate,
      distance: candidate === best ? -1 : editDistance(plain, fold(candidate), farthest),
    }))
    .sort((a, b) => a.distance - b.distance)
    .map(({ candidate }) => candidate);
}

/** Words that differ by more than this have nothing in common. */
const farthest = 20;

function fold(word: string): string {
  return word.toLowerCase().replace(/[-_ ]/g, '');
}

/**
 * Insertions, deletions, replacements and swaps of neighbours that turn one word into the other
 * (optimal string alignment); `limit + 1` as soon as it is certain to be more than `limit`.
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let smallest = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(cost);
      smallest = Math.min(smallest, cost);
    }
    if (smallest > limit) return limit + 1;
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? limit + 1;
}

/** `a`, `b and c`: the allowed words in a sentence. */
export function listed(words: readonly string[], joint: 'and' | 'or'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${joint} ${words.at(-1) ?? ''}`;
}
