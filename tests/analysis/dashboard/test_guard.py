"""What the guard of the dashboard refuses: foreign pages, no token, too many sessions."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from plazas.analysis.dashboard.guard import HEADERS, Guard

PORT = 8765
HERE = f"127.0.0.1:{PORT}"
KERNEL = "/_solara/api/kernels/one/channels"
TOKEN = "a-secret"


class Open:
    """Sessions with these ids, of which some have no page."""

    def __init__(self, *keys: str, unused: int = 0) -> None:
        self.keys, self.unused = list(keys), unused

    def __contains__(self, key: object) -> bool:
        return key in self.keys

    def __len__(self) -> int:
        return len(self.keys)

    def close_unused(self) -> None:
        """Close those without a page."""
        del self.keys[: self.unused]


async def pages(scope: MutableMapping[str, Any], _: Any, send: Any) -> None:
    """Serve everything."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
    else:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"page"})


def asked(guard: Guard, kind: str, path: str, query: str = "", **headers: str) -> dict[str, Any]:
    """Return the first message that answers a request, with the text of its body."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    scope = {
        "type": kind,
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in names.items()],
    }
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(dict(message))

    async def receive() -> Any:
        raise AssertionError("nothing is read")

    asyncio.run(guard(scope, receive, send))
    return sent[0] | {"text": b"".join(part.get("body", b"") for part in sent).decode()}


def served(answer: dict[str, Any]) -> bool:
    return answer["type"] == "websocket.accept" or answer.get("status") == 200


@pytest.mark.parametrize("host", [HERE, f"localhost:{PORT}", f"[::1]:{PORT}", "localhost:9999"])
def test_a_page_of_this_machine_is_served(host: str) -> None:
    guard = Guard(pages, Open(), 1)
    answer = asked(guard, "http", "/", host=host)
    assert (answer["status"], answer["text"]) == (200, "page")
    assert set(HEADERS) <= set(answer["headers"])
    assert served(asked(guard, "websocket", KERNEL, host=host, origin=f"http://{host}"))


@pytest.mark.parametrize(
    "host", ["evil.example:8765", "127.0.0.1.evil.example", "192.168.0.7:8765", "", "[::1"]
)
def test_another_host_name_is_refused(host: str) -> None:
    guard = Guard(pages, Open(), 1)
    answer = asked(guard, "http", "/", host=host)
    assert (answer["status"], "Only http://127.0.0.1" in answer["text"]) == (403, True)
    answer = asked(guard, "websocket", KERNEL, host=host, origin=f"http://{host}")
    assert (answer["type"], answer["code"]) == ("websocket.close", 1008)


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:1", "null", HERE, ""])
def test_another_origin_is_refused(origin: str) -> None:
    guard = Guard(pages, Open(), 1)
    assert asked(guard, "http", "/", host=HERE, origin=origin)["status"] == 403
    answer = asked(guard, "websocket", KERNEL, host=HERE, origin=origin)
    assert (answer["type"], answer["code"]) == ("websocket.close", 1008)


def test_a_websocket_without_an_origin_is_refused() -> None:
    answer = asked(Guard(pages, Open(), 1), "websocket", KERNEL, host=HERE)
    assert answer["type"] == "websocket.close"


def test_a_frame_or_a_script_of_a_foreign_page_is_refused_and_a_link_is_not() -> None:
    guard = Guard(pages, Open(), 1)
    foreign = {"host": HERE, "sec_fetch_site": "cross-site"}
    frame = asked(guard, "http", "/", sec_fetch_mode="navigate", sec_fetch_dest="iframe", **foreign)
    script = asked(guard, "http", "/", sec_fetch_mode="no-cors", sec_fetch_dest="script", **foreign)
    link = asked(
        guard, "http", "/", sec_fetch_mode="navigate", sec_fetch_dest="document", **foreign
    )
    assert [answer["status"] for answer in (frame, script, link)] == [403, 403, 200]


def test_the_token_opens_once_and_the_cookie_after() -> None:
    guard = Guard(pages, Open(), 1, TOKEN, PORT)
    answer = asked(guard, "http", "/", host=HERE)
    assert (answer["status"], "needs its token" in answer["text"]) == (403, True)
    assert asked(guard, "http", "/", "token=wrong", host=HERE)["status"] == 403
    welcome = asked(guard, "http", "/", f"token={TOKEN}", host=HERE)
    headers = dict(welcome["headers"])
    assert (welcome["status"], headers[b"location"]) == (303, b"/")
    cookie = headers[b"set-cookie"].decode()
    assert {"HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))
    kept = cookie.split(";")[0]
    assert served(asked(guard, "http", "/", host=HERE, cookie=f"other=1; {kept}"))
    same = {"host": HERE, "origin": f"http://{HERE}"}
    assert served(asked(guard, "websocket", KERNEL, cookie=kept, **same))
    for cookies in ("", kept + "x", f"plazas-token-{PORT}=", "a=\0"):
        assert not served(asked(guard, "websocket", KERNEL, cookie=cookies, **same))
    # The token does not help a foreign page.
    assert asked(guard, "http", "/", f"token={TOKEN}", host="evil.example")["status"] == 403


def test_the_token_leads_to_no_other_host() -> None:
    guard = Guard(pages, Open(), 1, TOKEN, PORT)
    welcome = asked(guard, "http", "//evil.example/", f"token={TOKEN}", host=HERE)
    assert dict(welcome["headers"])[b"location"] == b"/evil.example/"


def test_sessions_have_a_limit() -> None:
    same = {"host": HERE, "origin": f"http://{HERE}"}
    full = Guard(pages, Open("two", "three"), 2)
    page = asked(full, "http", "/", host=HERE)
    assert page["status"] == 503
    assert page["text"].startswith("2 pages are open, as many as this dashboard allows. Close one")
    answer = asked(full, "websocket", KERNEL, **same)
    assert (answer["type"], answer["code"]) == ("websocket.close", 1013)
    assert served(asked(full, "websocket", KERNEL.replace("one", "two"), **same))  # comes back
    assert served(asked(full, "http", "/static/main.js", host=HERE))
    assert served(asked(Guard(pages, Open("two", "three"), 3), "websocket", KERNEL, **same))
    # A session whose page is gone makes room.
    assert served(asked(Guard(pages, Open("two", "three", unused=1), 2), "http", "/", host=HERE))
