"""Protects the emulator: every request must be signed with this stack's secret, and pages of other hosts are rejected.

The emulator runs Lambdas as the developer, and it holds all files and the database's password. ministack itself
accepts any request with any key from any page. Its AUTH setting does not check the root's signatures or unsigned S3
requests. This module therefore wraps ministack's ASGI application.

A browser may only do what the console needs: send PUT, GET and HEAD requests with a URL that the console has signed,
from a page that this machine serves.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from ministack.core import router, sigv4
from service_errors import error_of, service_of

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

HEALTH = "/_ministack/health"
# These paths reset, configure and inspect the emulator. Nothing in this repository needs them.
ADMINISTRATION = re.compile(r"^/_(ministack|localstack|aws)(/|$)")
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
BROWSER_METHODS = ("GET", "HEAD", "PUT")
# The headers that a page may read. infra/src/stacks/console.ts sets the same headers for the bucket on AWS.
SHOWN_HEADERS = "ETag, x-amz-version-id"
# S3 accepts a signature for 15 minutes. The emulator applies the same limit to all services.
SIGNED_WITHIN = timedelta(minutes=15)


class RefusedError(Exception):
    """Raised to reject a request. The message contains the reason."""


def wrap(application: Application, secret: str, port: int) -> Application:
    """Return the application behind the guard.

    Args:
        application: The application that answers the accepted requests.
        secret: The secret access key that must sign every request.
        port: The port on which the emulator listens.
    """
    hosts = {f"{name}:{port}" for name in LOOPBACK}

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await application(scope, receive, send)
            return
        if scope["type"] != "http":
            # No emulated service of this stack uses WebSockets.
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = _headers(scope)
        page = None
        try:
            _check_host(headers, hosts)
            page = _page(headers)
            if scope["method"] == "OPTIONS" and page is not None:
                await _answer(scope, send, 200, _preflight(page))
                return
            if scope["method"] != "GET" or scope["path"] != HEALTH:
                receive = await _check(scope, headers, secret, page, receive)
        except RefusedError as refusal:
            await _refuse(scope, send, headers, page, str(refusal))
            return
        await application(scope, receive, _with_cors(send, page))

    return guarded


def _headers(scope: Scope) -> dict[str, str]:
    """Return the headers by lower-case name. Repeated headers are joined with commas, as SigV4 signs them."""
    headers: dict[str, str] = {}
    for raw_name, value in scope["headers"]:
        name, text = raw_name.decode("latin-1").lower(), sigv4.decode_header_value(value)
        headers[name] = f"{headers[name]},{text}" if name in headers else text
    return headers


def _check_host(headers: Mapping[str, str], hosts: set[str]) -> None:
    """Reject other host names, because a foreign page can make its own name resolve to this machine (DNS rebinding)."""
    if headers.get("host", "").lower() not in hosts:
        raise RefusedError("the emulator accepts only its local address, 127.0.0.1 with its port")


def _page(headers: Mapping[str, str]) -> str | None:
    """Return the origin of the page that caused the request, or None if no page did."""
    origin = headers.get("origin")
    if origin is None:
        # Browsers omit `Origin` in some requests of a page, such as for images. "none" means that a person entered the
        # URL.
        if headers.get("sec-fetch-site", "none") != "none":
            raise RefusedError("a page sent this request without an Origin header")
        return None
    served = re.fullmatch(r"http://(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?", origin)
    if served is None:
        raise RefusedError(f"{origin} is not a page of this machine")
    return origin


async def _check(scope: Scope, headers: Mapping[str, str], secret: str, page: str | None, receive: Receive) -> Receive:
    """Check the signature, headers and time. Return a `receive` function from which the application reads the body."""
    if ADMINISTRATION.match(scope["path"]):
        raise RefusedError("the emulator cannot be administered from outside")
    query = parse_qs(scope["query_string"].decode("utf-8", "replace"), keep_blank_values=True)
    presigned = "X-Amz-Signature" in query
    if page is not None and not (presigned and scope["method"] in BROWSER_METHODS):
        raise RefusedError("a page may only use URLs that the console has signed")
    signature = sigv4.parse_query_signature(query) if presigned else sigv4.parse_header_signature(headers)
    if isinstance(signature, tuple):
        raise RefusedError(f"the request is not signed ({signature[0]})")
    _check_headers(scope, headers, signature, presigned=presigned)
    _check_time(signature, query)
    body = b""
    if not presigned and "x-amz-content-sha256" not in headers:
        # Requests to S3 always contain a hash of the body, so this code does not read large objects.
        body, receive = await _read(receive)
    _, text = sigv4.header_signing_documents(
        signature,
        scope["method"],
        scope["raw_path"].decode("latin-1"),
        query,
        headers,
        body,
        presigned=presigned,
    )
    wanted = sigv4.calculate_signature(secret, signature.date_stamp, signature.region, signature.service, text)
    if not sigv4.signatures_match(wanted, signature.signature):
        raise RefusedError("the request is not signed with the keys of this stack, which its `env` file contains")
    return receive


def _check_headers(
    scope: Scope, headers: Mapping[str, str], signature: sigv4.HeaderSignature, *, presigned: bool
) -> None:
    """Reject headers that would change the meaning of the signed request.

    A client with a presigned URL can add any header. ministack selects the service and the action by `X-Amz-Target`,
    `Authorization` and a form body before it reads the path. S3 also rejects such headers:
    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html.
    """
    signed = signature.signed_headers.lower().split(";")
    unsigned = sorted(name for name in headers if name.startswith("x-amz-") and name not in signed)
    if unsigned:
        raise RefusedError(f"headers are not signed: {', '.join(unsigned)}")
    if not presigned:
        return
    if "authorization" in headers:
        raise RefusedError("a request with a presigned URL must not have an Authorization header")
    is_form = headers.get("content-type", "").lower().startswith("application/x-www-form-urlencoded")
    service = router.detect_service(scope["method"], scope["path"], dict(headers), {})
    if signature.service != "s3" or service != "s3" or is_form:
        raise RefusedError("a presigned URL may only be used for an object in S3")


def _check_time(signature: sigv4.HeaderSignature, query: Mapping[str, list[str]]) -> None:
    try:
        signed_at = datetime.strptime(signature.amz_date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        lasts = timedelta(seconds=int(query["X-Amz-Expires"][0])) if "X-Amz-Expires" in query else SIGNED_WITHIN
    except (ValueError, OverflowError) as error:
        raise RefusedError("the time of the signature cannot be read") from error
    now = datetime.now(UTC)
    if signature.date_stamp != signature.amz_date[:8] or not signed_at - SIGNED_WITHIN < now <= signed_at + lasts:
        raise RefusedError("the signature has expired, or its time is in the future")


async def _read(receive: Receive) -> tuple[bytes, Receive]:
    """Read the whole body. Return it, and a `receive` function from which the body can be read again."""
    messages: list[Message] = []
    while True:
        message = await receive()
        messages.append(message)
        if message["type"] != "http.request" or not message.get("more_body", False):
            break
    body = b"".join(message.get("body", b"") for message in messages)

    async def receive_again() -> Message:
        return messages.pop(0) if messages else await receive()

    return body, receive_again


def _preflight(page: str) -> dict[str, str]:
    return {
        **_cors(page),
        "access-control-allow-methods": ", ".join(BROWSER_METHODS),
        "access-control-allow-headers": "*",
    }


def _cors(page: str) -> dict[str, str]:
    return {"access-control-allow-origin": page, "access-control-expose-headers": SHOWN_HEADERS, "vary": "Origin"}


def _with_cors(send: Send, page: str | None) -> Send:
    """Replace ministack's `Access-Control-Allow-Origin: *`, which lets every page read every answer."""
    ours = [] if page is None else _encoded(_cors(page))

    async def send_with_cors(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message["headers"] if not pair[0].lower().startswith(b"access-control-")]
            message = {**message, "headers": [*kept, *ours]}
        await send(message)

    return send_with_cors


async def _refuse(scope: Scope, send: Send, headers: Mapping[str, str], page: str | None, reason: str) -> None:
    """Respond with 403 in the error format of the service, so that its client shows the reason."""
    text = f"Refused by Centflow's local stack: {reason}."
    cors = {} if page is None else _cors(page)
    service = service_of(headers.get("authorization", ""))
    kind, body = error_of(service, headers.get("content-type", ""), "AccessDenied", text)
    await _answer(scope, send, 403, {**cors, "content-type": kind}, body)


async def _answer(scope: Scope, send: Send, status: int, headers: Mapping[str, str], text: str = "") -> None:
    body = text.encode()
    length = {"content-length": str(len(body))}
    await send({"type": "http.response.start", "status": status, "headers": _encoded({**headers, **length})})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode("utf-8", "replace")) for name, value in headers.items()]
