"""Which hosts the job may load, other than the one that the secret names."""

import re

# The instance's name, then what all instances of an account in a region share and no other instance has:
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.html. The migrator has the same rule
# (apps/migrator/src/restored-host.ts).
INSTANCE = re.compile(r"[a-z][a-z0-9-]*\.(?P<domain>[a-z0-9]+\.[a-z0-9-]+\.rds\.amazonaws\.com)")


class HostError(Exception):
    """A host that the loader's password may not be sent to."""


def restored_host(host: str, configured: str) -> str:
    """Return the host if it is another RDS instance of the configured one's account and region.

    Raises:
        HostError: The host is something else, or the configured instance itself.
    """
    domain = _domain(configured)
    if domain is None or _domain(host) != domain or host == configured:
        raise HostError(
            f"--database-host {host!r} is not another RDS instance of the account and region of {configured}: "
            "name an instance that was restored there."
        )
    return host


def _domain(host: str) -> str | None:
    found = INSTANCE.fullmatch(host)
    return found and found["domain"]
