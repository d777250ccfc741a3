import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inverseBetaCdf, inverseNormalCdf } from '#core/sweep/special-functions.ts';

const LAST = 1 - 2 ** -53;

function assertNear(found: number, expected: number, relative: number): void {
  const error = found === expected ? 0 : Math.abs(found - expected) / Math.abs(expected);
  assert.ok(error <= relative, `${found} is not ${expected}: relative error ${error}`);
}

describe('the normal quantile', () => {
  // computed with 40 digits by mpmath
  const known: readonly (readonly [number, number])[] = [
    [2 ** -53, -8.209536151601387],
    [1e-10, -6.361340902404057],
    [0.001, -3.0902323061678136],
    [0.02425, -1.972961051311885],
    [0.1, -1.2815515655446004],
    [0.25, -0.6744897501960817],
    [0.6, 0.2533471031357997],
    [0.9, 1.2815515655446006],
    [0.975, 1.9599639845400538],
    [0.999999, 4.753424308817087],
    [LAST, 8.209536151601387],
  ];
  for (const [u, z] of known) it(`at ${u}`, () => assertNear(inverseNormalCdf(u), z, 1e-15));

  it('is 0 in the middle and rises everywhere, across the seams of its approximations too', () => {
    assert.equal(inverseNormalCdf(0.5), 0);
    const seams = [Math.exp(-25), 0.075, 0.925].flatMap((u) => [u * (1 - 1e-12), u, u * (1 + 1e-12)]);
    for (const [index, u] of seams.slice(1).entries()) {
      assert.ok(inverseNormalCdf(u) > inverseNormalCdf(seams[index] ?? 1));
    }
  });
});

describe('the beta quantile', () => {
  // computed with 60 digits by mpmath
  const at = [2 ** -53, 1e-9, 0.001, 0.1, 0.25, 0.5, 0.9, 0.999, LAST];
  const known: readonly (readonly [number, number, readonly number[]])[] = [
    [
      2,
      5,
      [
        2.7205673828323067e-9, 8.165054699768936e-6, 0.008255492787746678, 0.09259525891312875,
        0.16116291679032652, 0.26444998329565994, 0.5103163065514916, 0.818613866919134, 0.9995497181989903,
      ],
    ],
    [
      0.1,
      0.3,
      [
        3.4401031205730907e-159, 1.2091193268591598e-89, 1.2091193268591502e-29, 1.2091193259288031e-9,
        1.1530975861170534e-5, 0.011719644944097713, 0.9596769788602764, 0.9999999910622699, 1,
      ],
    ],
    [
      1.5,
      800,
      [
        3.4898383075903984e-14, 1.5107711934931052e-9, 1.518113300123736e-5, 0.0003650532688837013,
        0.0007573094884220721, 0.0014771797892520774, 0.0038982799184821026, 0.010111754077173242,
        0.04720704050392464,
      ],
    ],
    [
      1000,
      1000,
      [
        0.40897129014303263, 0.4332346324775643, 0.46548705152093633, 0.48567296903153834, 0.4924584616494476,
        0.5, 0.5143270309684617, 0.5345129484790637, 0.5910287098569674,
      ],
    ],
    [
      20,
      0.05,
      [
        0.21083237523320422, 0.46165521916665536, 0.8692743495173261, 0.9960993970528611, 0.9999049196035382,
        0.9999999714557184, 1, 1, 1,
      ],
    ],
  ];
  for (const [a, b, values] of known) {
    for (const [index, x] of values.entries()) {
      const u = at[index] ?? 0;
      it(`of ${a} and ${b} at ${u}`, () => assertNear(inverseBetaCdf(u, a, b), x, 1e-13));
    }
  }

  it('has its closed forms', () => {
    for (const u of [2 ** -53, 1e-6, 0.2, 0.5, 0.77, 0.999999]) {
      assertNear(inverseBetaCdf(u, 1, 1), u, 1e-14);
      for (const a of [0.03, 0.5, 3, 250, 1e6]) {
        assertNear(inverseBetaCdf(u, a, 1), u ** (1 / a), 1e-13);
        assertNear(inverseBetaCdf(u, 1, a), -Math.expm1(Math.log1p(-u) / a), 1e-13);
      }
      assertNear(inverseBetaCdf(u, 0.5, 0.5), Math.sin((Math.PI * u) / 2) ** 2, 1e-13);
    }
  });

  it('stays within [0, 1], finite and rising for shapes of every size', () => {
    for (const a of [1e-6, 0.01, 1, 30, 1e4, 1e8]) {
      for (const b of [1e-6, 0.01, 1, 30, 1e4, 1e8]) {
        const values = at.map((u) => inverseBetaCdf(u, a, b));
        assert.ok(
          values.every((x, index) => x >= (values[index - 1] ?? 0) && x <= 1),
          `${a}, ${b}: ${values.join()}`,
        );
      }
    }
  });
});
