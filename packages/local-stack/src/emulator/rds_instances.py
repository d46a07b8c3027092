"""RDS instances with a real MySQL server: a working endpoint, an administrator and parameters.

Without Docker, ministack's instances are only descriptions, and it manages master passwords only for clusters. With
this module, all MySQL instances share the server that the launcher is configured with.
"""

import dataclasses
import json
import logging
import secrets
from pathlib import Path
from typing import Any

import pymysql
from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import rds, secretsmanager

logger = logging.getLogger("centflow.rds_instances")

# The privileges that RDS for MySQL grants its master user, without SUPER and SYSTEM_USER (user guide, "Master user
# account privileges").
MASTER_PRIVILEGES = """
    SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES,
    CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION SLAVE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW,
    CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER, CREATE ROLE, DROP ROLE, APPLICATION_PASSWORD_ADMIN,
    ROLE_ADMIN, SET_USER_ID, XA_RECOVER_ADMIN
"""


@dataclasses.dataclass(frozen=True)
class Server:
    """The MySQL server behind the RDS instances."""

    host: str
    port: int
    socket: str
    root_password: str

    @classmethod
    def read(cls, file: str) -> "Server":
        """Read the file that the rehearsal wrote for this process."""
        return cls(**json.loads(Path(file).read_text()))

    def execute(self, *statements: tuple[str, tuple[object, ...]]) -> None:
        """Run statements as root, who can connect only through the socket."""
        connection = pymysql.connect(unix_socket=self.socket, user="root", password=self.root_password)
        try:
            with connection.cursor() as cursor:
                for sql, values in statements:
                    cursor.execute(sql, values)
            connection.commit()
        finally:
            connection.close()


def install(server: Server) -> None:
    """Use `server` for all RDS instances."""
    create, delete, describe = rds._create_db_instance, rds._delete_db_instance, rds._instance_xml

    def create_db_instance(parameters: dict) -> tuple:
        answer = create(parameters)
        instance = rds._instances.get(rds._p(parameters, "DBInstanceIdentifier"))
        if answer[0] != 200 or instance is None or instance["Engine"] != "mysql":
            return answer
        instance["Endpoint"].update(Address=server.host, Port=server.port)
        _note_insights(instance, parameters)
        _apply_parameters(server, instance)
        if rds._p(parameters, "ManageMasterUserPassword") == "true":
            _manage_master(server, instance, rds._p(parameters, "MasterUserSecretKmsKeyId"))
        return rds._single_instance_response("CreateDBInstanceResponse", "CreateDBInstanceResult", instance)

    def delete_db_instance(parameters: dict) -> tuple:
        instance = rds._instances.get(rds._p(parameters, "DBInstanceIdentifier")) or {}
        answer = delete(parameters)
        if answer[0] == 200 and "MasterUserSecret" in instance:
            secretsmanager.delete_secret_in_process(instance["MasterUserSecret"]["SecretArn"])
        return answer

    def instance_xml(instance: dict) -> str:
        secret: dict[str, str] = instance.get("MasterUserSecret", {})
        fields = "".join(f"<{name}>{value}</{name}>" for name, value in secret.items())
        shown = describe(instance) + (f"<MasterUserSecret>{fields}</MasterUserSecret>" if fields else "")
        for name in ("PerformanceInsightsKMSKeyId", "DatabaseInsightsMode"):
            if instance.get(name):
                shown += f"<{name}>{instance[name]}</{name}>"
        return shown

    rds._ACTION_MAP["CreateDBInstance"] = create_db_instance
    rds._ACTION_MAP["DeleteDBInstance"] = delete_db_instance
    rds._instance_xml = instance_xml


def _note_insights(instance: dict[str, Any], parameters: dict) -> None:
    """Store the settings of Database Insights, which ministack drops."""
    instance["PerformanceInsightsEnabled"] = rds._p(parameters, "EnablePerformanceInsights") == "true"
    instance["PerformanceInsightsKMSKeyId"] = rds._p(parameters, "PerformanceInsightsKMSKeyId")
    instance["PerformanceInsightsRetentionPeriod"] = int(rds._p(parameters, "PerformanceInsightsRetentionPeriod") or 7)
    instance["DatabaseInsightsMode"] = rds._p(parameters, "DatabaseInsightsMode")


def _manage_master(server: Server, instance: dict[str, Any], key: str) -> None:
    """Create the administrator, whose password is stored only in Secrets Manager."""
    user, password = instance["MasterUsername"], secrets.token_urlsafe(21)
    server.execute(
        ("DROP USER IF EXISTS %s@'%%'", (user,)),
        ("CREATE USER %s@'%%' IDENTIFIED BY %s", (user, password)),
        (f"GRANT {MASTER_PRIVILEGES} ON *.* TO %s@'%%' WITH GRANT OPTION", (user,)),
    )
    arn = secretsmanager.create_secret_in_process(
        f"rds!db-{new_uuid()}",
        json.dumps({"username": user, "password": password}),
        description=f"Secret managed by RDS for DB instance {instance['DBInstanceIdentifier']}",
    )
    default_key = f"arn:aws:kms:{get_region()}:{get_account_id()}:alias/aws/secretsmanager"
    instance["MasterUserSecret"] = {"SecretArn": arn, "SecretStatus": "active", "KmsKeyId": key or default_key}


def _apply_parameters(server: Server, instance: dict[str, Any]) -> None:
    """Set those parameters of the instance's parameter group that can change while the server runs."""
    group = rds._param_groups.get(instance["DBParameterGroups"][0]["DBParameterGroupName"]) or {}
    for name, parameter in group.get("Parameters", {}).items():
        value = rds._mysql_parameter_value(parameter["ParameterValue"])
        try:
            server.execute((f"SET GLOBAL {name} = %s", (value,)))
        except pymysql.Error as error:
            logger.info("parameter %s = %s is not set on the running server: %s", name, value, error)
