/**
 * Returns the CPU seconds of some work, including garbage collection. CPU seconds do not depend on other programs,
 * unlike elapsed time.
 */
export async function cpuSeconds(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
