"""Adds functions that the console's stack needs to ministack's Cognito user pools.

ministack drops the rotation of refresh tokens, and Terraform then reports an inconsistent result. ministack's HTTP
APIs also load the signing keys of tokens over plain HTTP. A rehearsal uses only TLS, so every token would be rejected.
"""

import json
from collections.abc import Callable
from typing import Any

from ministack.services import apigateway, cognito

ROTATION = "RefreshTokenRotation"
KEYS = "/.well-known/jwks.json"


def install() -> None:
    """Store each client's setting for refresh token rotation, and let APIs read the pools' keys within this process."""
    cognito._create_user_pool_client = _keeping_rotation(cognito._create_user_pool_client)
    cognito._update_user_pool_client = _keeping_rotation(cognito._update_user_pool_client)
    fetch = apigateway._fetch_jwks

    async def fetch_jwks(url: str) -> dict:
        pool = url.removesuffix(KEYS).rsplit("/", 1)[-1]
        if not url.endswith(KEYS) or pool not in cognito._user_pools:
            return await fetch(url)
        return json.loads(cognito.well_known_jwks(pool)[2])

    apigateway._fetch_jwks = fetch_jwks


def _keeping_rotation(answer_to: Callable[[dict], tuple]) -> Callable[[dict], tuple]:
    def keeping(data: dict) -> tuple:
        answer = answer_to(data)
        if answer[0] != 200 or ROTATION not in data:
            return answer
        client: dict[str, Any] = json.loads(answer[2])["UserPoolClient"]
        kept = cognito._user_pools[data["UserPoolId"]]["_clients"][client["ClientId"]]
        kept[ROTATION] = data[ROTATION]
        return (*answer[:2], json.dumps({"UserPoolClient": client | {ROTATION: data[ROTATION]}}).encode())

    return keeping
