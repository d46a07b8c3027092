/**
 * CPU seconds of some work, with those of the threads that collect garbage. Other programs slow a clock down, and not these.
 */
export async function cpuSeconds(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
