"""Generates a CSV of expenses and uploads it at the same time, without a file on disk."""

import argparse
import io
from collections.abc import Iterator

import boto3
from boto3.s3.transfer import TransferConfig
from expenses import CROWD, Shape, csv_chunks
from measured import report, stopwatch

PART_BYTES = 32 << 20


class _Stream(io.RawIOBase):
    """A file object that reads from an iterator of chunks, once."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.length = 0
        self._chunks = chunks
        self._ahead = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Returns up to `size` bytes, or all bytes if `size` is negative."""
        pieces, wanted = [self._ahead], float("inf") if size < 0 else size
        available = len(self._ahead)
        while available < wanted and (chunk := next(self._chunks, b"")):
            pieces.append(chunk)
            available += len(chunk)
        data = b"".join(pieces)
        end = len(data) if size < 0 else size
        self._ahead = data[end:]
        self.length += len(data[:end])
        return data[:end]


def main() -> None:
    """Generates and uploads the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--merchants", type=int, default=CROWD.merchants)
    parser.add_argument("--days", type=int, default=CROWD.days)
    parser.add_argument("--days-before", type=int, default=CROWD.days_before)
    parser.add_argument("--first-number", type=int, default=CROWD.first_number)
    parser.add_argument("--bucket", required=True)
    parser.add_argument("--key", required=True)
    arguments = parser.parse_args()
    s3 = boto3.client("s3")
    shape = Shape(arguments.merchants, arguments.days, arguments.days_before, arguments.first_number)
    stream = _Stream(csv_chunks(arguments.rows, arguments.seed, shape))
    transfer = TransferConfig(multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES, max_concurrency=2)
    with stopwatch() as watch:
        s3.upload_fileobj(stream, arguments.bucket, arguments.key, Config=transfer)
    version_id = s3.head_object(Bucket=arguments.bucket, Key=arguments.key).get("VersionId", "null")
    report(bytes=stream.length, seconds=watch.seconds, versionId=version_id)


if __name__ == "__main__":
    main()
