"""Refuses request bodies beyond a size before they are held in memory."""

from __future__ import annotations

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tejarat.errors import TooLargeError


class BodyLimit:
    """ASGI middleware: 413 for a body of more than ``limit`` bytes, declared or sent."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app, self.limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        error = TooLargeError("the bytes of a request", self.limit)
        refusal = JSONResponse({"error": str(error)}, error.status)
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > self.limit:
            await refusal(scope, receive, send)
            return
        # Bodies are short: what was read is handed on in one piece, so that refusing comes before any answer.
        body = b""
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return
            body += message.get("body", b"")
            if len(body) > self.limit:
                await refusal(scope, receive, send)
                return
            if not message.get("more_body", False):
                break
        given = False

        async def whole() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, whole, send)
