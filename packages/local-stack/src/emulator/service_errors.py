"""Formats errors like AWS services, so that AWS clients can parse them."""

import json
import re
from html import escape

# Matches the service in the signature of a request: Credential=…/20250102/eu-west-1/s3/aws4_request.
SERVICE = re.compile(r"/([\w-]+)/aws4_request")


def service_of(authorization: str) -> str | None:
    """Return the service named in the header `Authorization`, or None if that header has no signature."""
    found = SERVICE.search(authorization)
    return found[1] if found else None


def error_of(service: str | None, content_type: str, code: str, text: str) -> tuple[str, str]:
    """Return the content type and the body of an error.

    Args:
        service: The service that responds. None for S3, because a presigned URL has no header that names the
            service.
        content_type: The content type of the request. Services that accept forms, such as STS, respond in XML.
        code: The error code in the documentation of the service.
        text: The message for people.
    """
    error = f"<Error><Code>{code}</Code><Message>{escape(text, quote=False)}</Message></Error>"
    if content_type.startswith("application/x-www-form-urlencoded"):
        return "text/xml", f"<ErrorResponse>{error}</ErrorResponse>"
    if service in (None, "s3"):
        return "application/xml", error
    return "application/x-amz-json-1.1", json.dumps({"__type": code, "message": text})
