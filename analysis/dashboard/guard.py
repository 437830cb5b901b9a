"""Who may open a page: this machine's own pages, with the token if there is one, and not too many.

The server listens only to this machine. Still, a foreign page in the user's browser can send it
requests, and on a shared machine so can other users. `Guard` stands before the pages and refuses:

- a request to another host name (a foreign page whose name was pointed at this machine);
- a request that another page sent (``Origin``, ``Sec-Fetch-Site``), also from a frame in it;
- where a token is set, a request without it;
- a new session when as many are open as allowed. Sessions without a page are closed first.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qs, urlsplit

HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})  # the names of this machine
TOKEN = "token"  #: the parameter of the first address
KERNELS = "/_solara/api/kernels/"  #: where a page opens its connection; the id comes next
REFUSED, FULL, SEE_OTHER = 403, 503, 303  # status codes of HTTP
POLICY_VIOLATION, TRY_AGAIN = 1008, 1013  # codes of a closed websocket
#: no page of another origin shows ours in a frame, and none learns the address with the token
HEADERS = (
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"frame-ancestors 'none'"),
    (b"referrer-policy", b"same-origin"),
)

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Sessions(Protocol):
    """The open sessions of the server."""

    def __contains__(self, key: object) -> bool:
        """Return whether a session with this id is open."""

    def __len__(self) -> int:
        """Return how many sessions are open."""

    def close_unused(self) -> None:
        """Close the sessions that no page is connected to."""


class Refusal(NamedTuple):
    """Why a request is refused: the status of HTTP, the code of a websocket, and a sentence."""

    status: int
    code: int
    text: str


class Guard:
    """The pages behind their checks, as an ASGI application.

    Parameters
    ----------
    pages
        The application that serves the pages.
    sessions
        The open sessions.
    most
        How many sessions may be open.
    token
        What the first address must have; None for no token.
    port
        The port, which is part of the name of the cookie.
    """

    def __init__(
        self,
        pages: App,
        sessions: Sessions,
        most: int,
        token: str | None = None,
        port: int = 0,
    ) -> None:
        self.pages, self.sessions, self.most, self.token = pages, sessions, most, token
        self.cookie = f"plazas-token-{port}"  # cookies do not differ by port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.pages(scope, receive, send)
            return
        headers = _headers(scope)
        refusal = _foreign(scope, headers)
        if refusal is None and self.token is not None:
            if scope["type"] == "http" and self._brings_token(scope):
                await _send(send, SEE_OTHER, "", self._welcome(scope))
                return
            refusal = self._without_token(headers)
        if refusal is None and _opens_session(scope):
            refusal = await self._too_many(scope)
        if refusal is None:
            await self.pages(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": refusal.code, "reason": refusal.text})
        else:
            await _send(send, refusal.status, refusal.text)

    def _brings_token(self, scope: Scope) -> bool:
        values = parse_qs(scope.get("query_string", b"").decode("latin-1")).get(TOKEN, [])
        return any(self._right(value) for value in values)

    def _right(self, value: str) -> bool:
        return secrets.compare_digest(value.encode(), (self.token or "").encode())

    def _welcome(self, scope: Scope) -> tuple[tuple[bytes, bytes], ...]:
        """Return headers that keep the token in a cookie and lead to the address without it."""
        cookie = f"{self.cookie}={self.token}; Path=/; HttpOnly; SameSite=Lax"
        path = "/" + str(scope["path"]).lstrip("/")  # "//name" would lead to another host
        return ((b"set-cookie", cookie.encode()), (b"location", path.encode()))

    def _without_token(self, headers: Mapping[str, str]) -> Refusal | None:
        cookies: SimpleCookie = SimpleCookie()
        try:
            cookies.load(headers.get("cookie", ""))
        except CookieError:
            cookies.clear()
        if self.cookie in cookies and self._right(cookies[self.cookie].value):
            return None
        text = "This dashboard needs its token: open the address that 'plazas dashboard' printed."
        return Refusal(REFUSED, POLICY_VIOLATION, text)

    async def _too_many(self, scope: Scope) -> Refusal | None:
        key = scope["path"].removeprefix(KERNELS).split("/")[0]
        if key in self.sessions or len(self.sessions) < self.most:
            return None
        await asyncio.to_thread(self.sessions.close_unused)
        if len(self.sessions) < self.most:
            return None
        text = (
            f"{self.most} pages are open, as many as this dashboard allows. Close one and load "
            "this page again, or start 'plazas dashboard' with a higher --sessions."
        )
        return Refusal(FULL, TRY_AGAIN, text)


def _headers(scope: Scope) -> dict[str, str]:
    return {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
    }


def _foreign(scope: Scope, headers: Mapping[str, str]) -> Refusal | None:
    """Return why a request is not from a page of this machine, or None."""
    host = headers.get("host", "")
    if _name(host) not in HOSTS:
        text = "Only http://127.0.0.1 and http://localhost are served, with the port."
        return Refusal(REFUSED, POLICY_VIOLATION, text)
    origin = headers.get("origin")
    is_page = scope["type"] == "http"
    same = origin is not None and urlsplit(origin).netloc == host and "://" in origin
    if not same and not (is_page and origin is None):  # a browser always names one for a websocket
        return Refusal(REFUSED, POLICY_VIOLATION, "A page of another origin may not use this one.")
    site, mode = headers.get("sec-fetch-site", "none"), headers.get("sec-fetch-mode", "navigate")
    framed = headers.get("sec-fetch-dest") in ("iframe", "frame", "embed", "object")
    if site in ("cross-site", "same-site") and (framed or mode != "navigate"):
        return Refusal(REFUSED, POLICY_VIOLATION, "A page of another origin may not use this one.")
    return None


def _name(host: str) -> str | None:
    """Return the name in a Host header, without the port; None where it is not one."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _opens_session(scope: Scope) -> bool:
    """Return whether a request opens a session, or loads the page that does."""
    if scope["type"] == "websocket":
        return str(scope["path"]).startswith(KERNELS)
    return scope["method"] == "GET" and scope["path"] == "/"


def _with_headers(send: Send) -> Send:
    """Return a way to send that adds the headers of every answer."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *HEADERS]
        await send(message)

    return sent


async def _send(
    send: Send, status: int, text: str, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    body = text.encode()
    kind = ((b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"))
    length = (b"content-length", str(len(body)).encode())
    start = {"type": "http.response.start", "status": status}
    await send(start | {"headers": [*kind, length, *HEADERS, *headers]})
    await send({"type": "http.response.body", "body": body})
