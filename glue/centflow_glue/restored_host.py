"""Decides which hosts `--database-host` may name instead of the host in the secret."""

import re

# Matches the instance's name, followed by a domain that only instances of one account and region share:
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.html. The migrator has the same rule
# (apps/migrator/src/restored-host.ts).
INSTANCE = re.compile(r"[a-z][a-z0-9-]*\.(?P<domain>[a-z0-9]+\.[a-z0-9-]+\.rds\.amazonaws\.com)")


class HostError(Exception):
    """The loader's password may not be sent to the host."""


def check_restored_host(host: str, configured: str) -> str:
    """Returns the host if it is another RDS instance of the same account and region as the configured host.

    Raises:
        HostError: The host is not such an instance, or is the configured instance itself.
    """
    domain = _domain(configured)
    if domain is None or _domain(host) != domain or host == configured:
        raise HostError(
            f"--database-host {host!r} must be another RDS instance in the same account and region as {configured}. "
            "Name the restored instance."
        )
    return host


def _domain(host: str) -> str | None:
    found = INSTANCE.fullmatch(host)
    return found and found["domain"]
