/**
 * Returns the CPU seconds of some work, including garbage collection. Unlike elapsed time, they do not depend on other programs.
 */
export async function cpuSeconds(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
