"""Lists object versions with `encoding-type=url`. Terraform uses this to empty a bucket, but ministack lacks it."""

import re
from html import escape, unescape
from typing import Any

from ministack.services import s3

NAMES = re.compile(r"<(Key|KeyMarker|NextKeyMarker|Prefix|Delimiter)>([^<]*)</\1>")
END = "</ListVersionsResult>"


def install() -> None:
    """If the request sets the encoding, encode the fields that S3 encodes and report the encoding."""
    list_plainly = s3._list_object_versions

    def list_object_versions(bucket_name: str, query_params: dict) -> Any:
        status, headers, body = list_plainly(bucket_name, query_params)
        if status == 200 and s3._qp(query_params, "encoding-type", "") == "url":
            body = _encoded(body.decode()).encode()
        return status, headers, body

    s3._list_object_versions = list_object_versions


def _encoded(listing: str) -> str:
    def encode(found: re.Match[str]) -> str:
        name, text = found.groups()
        return f"<{name}>{escape(s3._url_encode(unescape(text)))}</{name}>"

    return NAMES.sub(encode, listing).replace(END, f"<EncodingType>url</EncodingType>{END}")
