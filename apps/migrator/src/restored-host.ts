/** Checks that the host in an event is a restored RDS instance. */

/** Thrown for a host that must not receive the administrator's password. */
export class HostError extends Error {
  override readonly name = 'HostError';
}

/**
 * Matches the address of an RDS instance. All instances of one account in one region share the domain, and no other
 * instance uses that domain: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.html.
 *
 * The job applies the same rule (glue/centflow_glue/restored_host.py).
 */
const INSTANCE = /^[a-z][a-z0-9-]*\.(?<domain>[a-z0-9]+\.[a-z0-9-]+\.rds\.amazonaws\.com)$/;

/**
 * Returns the host if it is another RDS instance in the account and region of the configured instance. The
 * administrator's password must not be sent to any other host.
 *
 * @throws {HostError} if the host is not such an instance, or is the configured instance.
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
