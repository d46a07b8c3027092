/** Which hosts the migrator may be sent to, other than the configured one. */

/** Not an instance that the administrator's password may be sent to. */
export class HostError extends Error {
  override readonly name = 'HostError';
}

/**
 * The part of an instance's address that all instances of an account in a region share, and no other instance has.
 *
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.html. The job has the same rule
 * (glue/centflow_glue/restored_host.py).
 */
const INSTANCE = /^[a-z][a-z0-9-]*\.(?<domain>[a-z0-9]+\.[a-z0-9-]+\.rds\.amazonaws\.com)$/;

/**
 * Lets a host pass if it is another RDS instance of the configured one's account and region. The administrator's password goes
 * nowhere else.
 *
 * @throws {HostError} the host is something else, or the configured instance itself.
 */
export function restoredHost(host: string, configured: string): string {
  const domain = domainOf(configured);
  if (domain === undefined || domainOf(host) !== domain) {
    throw new HostError(
      `The host ${JSON.stringify(host)} is not an RDS instance of the account and region of ${configured}. Send the address of an instance that was restored there.`,
    );
  }
  if (host === configured) {
    throw new HostError(`The host ${host} is the environment's own database. Send the address of a restored instance.`);
  }
  return host;
}

function domainOf(host: string): string | undefined {
  return INSTANCE.exec(host)?.groups?.domain;
}
