/** The iterations at which hyperband judges runs. */

/** No more bands than this are listed for `min_iter` without `max_iter`. */
const mostBands = 100;

/**
 * From `max_iter`: it is divided by eta, `s` times, as long as at least 1 is left; whole parts, ascending.
 * 27, 2, 3 -> 3, 9. Empty when no band is left.
 */
export function bandsFromMaxIter(maxIter: number, s: number, eta: number): readonly number[] {
  const bands: number[] = [];
  let band = maxIter;
  for (let k = 0; k < s; k++) {
    band /= eta;
    if (band < 1) break;
    bands.push(Math.floor(band));
  }
  return [...new Set(bands.reverse())];
}

/** From `min_iter`: it is multiplied by eta again and again; the whole parts that differ. 3, 3 -> 3, 9, 27, 81 ... */
export function bandsFromMinIter(minIter: number, eta: number): readonly number[] {
  const bands = new Set<number>();
  let band = minIter;
  for (let k = 0; k < mostBands && Number.isFinite(band); k++) {
    bands.add(Math.floor(band));
    band *= eta;
  }
  return [...bands];
}
