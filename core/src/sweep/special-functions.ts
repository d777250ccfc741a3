/** Inverse distribution functions that have no closed form, to nearly the precision of a double. */

/** Coefficients of a rational function, constant term first. */
interface Rational {
  readonly numerator: readonly number[];
  readonly denominator: readonly number[];
}

/** The three approximations of AS 241's PPND16: the middle, the tails, the far tails. */
const MIDDLE: Rational = {
  numerator: [
    3.387132872796366608, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
    4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
  ],
  denominator: [
    1, 4.2313330701600911252e1, 6.871870074920579083e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
    3.930789580009271061e4, 2.8729085735721942674e4, 5.226495278852854561e3,
  ],
};
const TAIL: Rational = {
  numerator: [
    1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504,
    1.27045825245236838258, 2.4178072517745061177e-1, 2.27238449892691845833e-2, 7.7454501427834140764e-4,
  ],
  denominator: [
    1, 2.05319162663775882187, 1.6763848301838038494, 6.8976733498510000455e-1, 1.4810397642748007459e-1,
    1.51986665636164571966e-2, 5.475938084995344946e-4, 1.05075007164441684324e-9,
  ],
};
const FAR_TAIL: Rational = {
  numerator: [
    6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 2.9656057182850489123e-1,
    2.6532189526576123093e-2, 1.2426609473880784386e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
  ],
  denominator: [
    1, 5.9983220655588793769e-1, 1.3692988092273580531e-1, 1.48753612908506148525e-2, 7.868691311456132591e-4,
    1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15,
  ],
};

/**
 * The standard normal quantile: the z below which a share `u` of the distribution lies, 0 < u < 1.
 * Relative error about 1e-16. M. J. Wichura, "Algorithm AS 241: The percentage points of the normal
 * distribution", Applied Statistics 37 (1988) 477-484, routine PPND16.
 */
export function inverseNormalCdf(u: number): number {
  const q = u - 0.5;
  if (Math.abs(q) <= 0.425) return q * evaluate(MIDDLE, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(q < 0 ? u : 1 - u));
  const z = r <= 5 ? evaluate(TAIL, r - 1.6) : evaluate(FAR_TAIL, r - 5);
  return q < 0 ? -z : z;
}

function evaluate(rational: Rational, x: number): number {
  const polynomial = (coefficients: readonly number[]) =>
    coefficients.reduceRight((sum, c) => sum * x + c, 0);
  return polynomial(rational.numerator) / polynomial(rational.denominator);
}

/**
 * The quantile of the beta distribution: the x in [0, 1] at which the regularised incomplete beta
 * function I_x(a, b) is `u`, for a, b > 0 and 0 < u < 1; 0 or 1 where no double lies nearer. Relative error
 * about 1e-14; up to 2e-16 / a or 2e-16 / b for shapes so small that a rounding of `u` means as much.
 *
 * Newton's method on ln I as a function of the logit t = ln(x / (1 - x)). The density of t is
 * log-concave, hence so is its distribution function: ln I is increasing and concave, and the method
 * converges from any start. The logit keeps full precision near both ends, and the smaller of the two
 * tails is the one solved for.
 */
export function inverseBetaCdf(u: number, a: number, b: number): number {
  if (u > 0.5) return 1 / (1 + Math.exp(lowerTailLogit(1 - u, b, a)));
  return 1 / (1 + Math.exp(-lowerTailLogit(u, a, b)));
}

const NEWTON_STEPS = 200;
/** The error after a step is of the order of the square of that step. */
const CLOSE_ENOUGH = 1e-10;

function lowerTailLogit(p: number, a: number, b: number): number {
  const target = Math.log(p);
  let t = Math.log(a / b);
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const { logarithm, slope } = lowerTail(t, a, b);
    const change = (logarithm - target) / slope;
    t -= change;
    if (Math.abs(change) <= CLOSE_ENOUGH * Math.max(1, Math.abs(t))) break;
  }
  return t;
}

/** ln I and its derivative by the logit t. */
function lowerTail(t: number, a: number, b: number): { readonly logarithm: number; readonly slope: number } {
  const x = 1 / (1 + Math.exp(-t));
  const y = 1 / (1 + Math.exp(t));
  const logDensity = logBetaDensity(t, a, b);
  if (x <= (a + 1) / (a + b + 2)) {
    const fraction = betaFraction(x, y, a, b);
    return { logarithm: logDensity + Math.log(fraction), slope: 1 / fraction };
  }
  const density = Math.exp(logDensity);
  const lower = 1 - density * betaFraction(y, x, b, a);
  return { logarithm: Math.log(lower), slope: density / lower };
}

const FRACTION_STEPS = 100_000;
const TINY = 1e-300;

/**
 * I_x(a, b) as a share of x^a y^b / B(a, b), y = 1 - x: a continued fraction, fast for
 * x <= (a + 1) / (a + b + 2). A. R. DiDonato, A. H. Morris, "Significant digit computation of the
 * incomplete beta function ratios", ACM TOMS 18 (1992) 360-373, equation 9 (the even part of NIST DLMF
 * 8.17.22, without its cancellation near x = 1), evaluated by the modified Lentz method.
 */
function betaFraction(x: number, y: number, a: number, b: number): number {
  const lambda = x <= y ? a - (a + b) * x : (a + b) * y - b;
  let value = nonZero((a * (lambda + 1)) / (a + 1));
  let c = value;
  let d = 0;
  for (let n = 1; n <= FRACTION_STEPS; n++) {
    const before = a + 2 * n - 1;
    const numerator = ((a + n - 1) / before) * ((a + b + n - 1) / before) * n * (b - n) * x * x;
    const denominator =
      n + (n * (b - n) * x) / before + ((a + n) * (lambda + 1 + n * (1 + y))) / (before + 2);
    d = 1 / nonZero(denominator + numerator * d);
    c = nonZero(denominator + numerator / c);
    value *= c * d;
    if (Math.abs(c * d - 1) < Number.EPSILON) break;
  }
  return 1 / value;
}

function nonZero(x: number): number {
  return Math.abs(x) < TINY ? TINY : x;
}

/**
 * ln(x^a (1-x)^b / B(a, b)), the log density of the logit t of x. Written with deviances, so that large
 * a and b don't cancel: C. Loader, "Fast and accurate computation of binomial probabilities" (2000).
 */
function logBetaDensity(t: number, a: number, b: number): number {
  const n = a + b;
  return (
    0.5 * Math.log((a / n) * b * (0.5 / Math.PI)) +
    stirlingError(n) -
    stirlingError(a) -
    stirlingError(b) -
    deviance(a, n, t) -
    deviance(b, n, -t)
  );
}

/** a ln(a / m) + m - a for m = n / (1 + e^-t), which is never negative. */
function deviance(a: number, n: number, t: number): number {
  const m = n / (1 + Math.exp(-t));
  const v = (a - m) / (a + m);
  if (Math.abs(v) >= 0.1) {
    const logM = Math.log(n) + (t < 0 ? t - Math.log1p(Math.exp(t)) : -Math.log1p(Math.exp(-t)));
    return a * (Math.log(a) - logM) + m - a;
  }
  let sum = (a - m) * v;
  let power = 2 * a * v;
  for (let odd = 3; ; odd += 2) {
    power *= v * v;
    const next = sum + power / odd;
    if (next === sum) return sum;
    sum = next;
  }
}

const STIRLING_FROM = 16;

/**
 * ln of what Stirling's formula lacks: Gamma(x + 1) = sqrt(2 pi x) (x / e)^x e^stirlingError(x). The
 * asymptotic series (NIST DLMF 5.11.1) from 16 on, the recurrence of the gamma function below.
 */
function stirlingError(x: number): number {
  let sum = 0;
  let at = x;
  for (; at < STIRLING_FROM; at++) sum += (at + 0.5) * Math.log1p(1 / at) - 1;
  const square = at * at;
  const series = 1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square;
  return sum + series / at;
}
