/** What an RDS instance class is, as far as thresholds depend on it. */
const GIB_OF_LARGE: Readonly<Record<string, number>> = { t: 8, m: 8, r: 16 };
const BELOW_LARGE: Readonly<Record<string, number>> = { micro: 1, small: 2, medium: 4 };

/** GiB of memory of a Graviton class, such as 8 for `db.m7g.large`. */
export function memoryGib(instanceClass: string): number {
  const [, family = '', size = ''] = instanceClass.split('.');
  return BELOW_LARGE[size] ?? (GIB_OF_LARGE[family[0] ?? ''] ?? Number.NaN) * timesLarge(size);
}

/** Two for every size up to `large`. */
export function vcpusOf(instanceClass: string): number {
  const size = instanceClass.split('.')[2] ?? '';
  return 2 * (size in BELOW_LARGE ? 1 : timesLarge(size));
}

/** `xlarge` is twice a `large`, `2xlarge` four times. */
function timesLarge(size: string): number {
  return size === 'large' ? 1 : 2 * Number(size.replace('xlarge', '') || 1);
}

/** Whether the class saves up CPU credits while idle, and pays for what it takes beyond them. */
export function isBurstable(instanceClass: string): boolean {
  return instanceClass.startsWith('db.t');
}

/**
 * About how many connections MySQL takes: RDS's default is the instance's memory divided by this many bytes.
 *
 * RDS keeps some of the memory for itself, so the limit is 10 to 30 % lower, the most on the smallest classes.
 */
export function connectionsAtMost(instanceClass: string): number {
  return Math.floor((memoryGib(instanceClass) * 2 ** 30) / 12_582_880);
}
