"""Errors in the words of AWS's services, so that their clients understand them."""

import json
import re
from html import escape

# Of a request that is signed: Credential=…/20250102/eu-west-1/s3/aws4_request.
SERVICE = re.compile(r"/([\w-]+)/aws4_request")


def service_of(authorization: str) -> str | None:
    """The service that a request's header `Authorization` names; None where the request has no such signature."""
    found = SERVICE.search(authorization)
    return found[1] if found else None


def error_of(service: str | None, content_type: str, code: str, text: str) -> tuple[str, str]:
    """The content type and the body of an error.

    Args:
        service: The service that answers; None for S3, whose addresses can be signed instead.
        content_type: The request's: services that take forms, such as STS, answer in XML.
        code: As the service's documentation has it.
        text: For people.
    """
    error = f"<Error><Code>{code}</Code><Message>{escape(text, quote=False)}</Message></Error>"
    if content_type.startswith("application/x-www-form-urlencoded"):
        return "text/xml", f"<ErrorResponse>{error}</ErrorResponse>"
    if service in (None, "s3"):
        return "application/xml", error
    return "application/x-amz-json-1.1", json.dumps({"__type": code, "message": text})
