/** The memory in GiB of the size `large`, by the first letter of the family. Thresholds and costs depend on the memory. */
const GIB_OF_LARGE: Readonly<Record<string, number>> = { t: 8, m: 8, r: 16 };
const BELOW_LARGE: Readonly<Record<string, number>> = { micro: 1, small: 2, medium: 4 };

/** Returns the GiB of memory of a Graviton class, such as 8 for `db.m7g.large`. */
export function memoryGib(instanceClass: string): number {
  const [, family = '', size = ''] = instanceClass.split('.');
  return BELOW_LARGE[size] ?? (GIB_OF_LARGE[family[0] ?? ''] ?? Number.NaN) * timesLarge(size);
}

/** Returns the number of vCPUs. Every size up to `large` has two. */
export function vcpusOf(instanceClass: string): number {
  const size = instanceClass.split('.')[2] ?? '';
  return 2 * (size in BELOW_LARGE ? 1 : timesLarge(size));
}

/** Returns the size as a multiple of `large`: two for `xlarge`, four for `2xlarge`. */
function timesLarge(size: string): number {
  return size === 'large' ? 1 : 2 * Number(size.replace('xlarge', '') || 1);
}

/** Returns whether the class collects CPU credits while idle. AWS bills the usage beyond the credits. */
export function isBurstable(instanceClass: string): boolean {
  return instanceClass.startsWith('db.t');
}

/**
 * Returns the approximate maximum number of MySQL connections. RDS's default is the instance's memory divided by 12,582,880 bytes.
 *
 * RDS reserves a part of the memory, so the real limit is 10 to 30 % lower. The difference is largest on the smallest classes.
 */
export function connectionsAtMost(instanceClass: string): number {
  return Math.floor((memoryGib(instanceClass) * 2 ** 30) / 12_582_880);
}
