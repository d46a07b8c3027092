import pytest

from centflow_glue.restored_host import HostError, check_restored_host

DOMAIN = "c9akciq32rgx.eu-west-1.rds.amazonaws.com"
CONFIGURED = f"centflow-dev-database.{DOMAIN}"
RESTORED = f"centflow-dev-accept-restore.{DOMAIN}"


def test_another_instance_of_the_account_and_region_is_accepted():
    assert check_restored_host(RESTORED, CONFIGURED) == RESTORED


@pytest.mark.parametrize(
    "host",
    [
        "centflow-dev-accept-restore.cq0000000000.eu-west-1.rds.amazonaws.com",
        "centflow-dev-accept-restore.c9akciq32rgx.us-east-1.rds.amazonaws.com",
        "attacker.example.com",
        f"attacker.example.com#.{DOMAIN}",
        f"{RESTORED}.example.com",
        f"{RESTORED}\n",
        f"a.{RESTORED}",
        DOMAIN,
        "203.0.113.9",
        "127.0.0.1",
        "localhost",
        "",
        CONFIGURED,
    ],
)
def test_a_host_that_is_not_an_instance_of_the_account_and_region_is_rejected(host: str):
    with pytest.raises(HostError, match="Name the restored instance"):
        check_restored_host(host, CONFIGURED)


@pytest.mark.parametrize("configured", ["localhost", "database.com", "10.0.0.5", ""])
def test_every_host_is_rejected_if_the_database_is_not_in_rds(configured: str):
    with pytest.raises(HostError):
        check_restored_host("attacker.com", configured)
