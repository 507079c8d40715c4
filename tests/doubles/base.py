"""What the doubles share: routes, a journal of what was asked, and moments at which a test may step in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

Handler = Callable[..., Response]
Intervention = Callable[[], Response | None]


@dataclass(frozen=True)
class Call:
    """One request as it arrived."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    body: Any = None


@dataclass
class _Moment:
    """A place in the traffic, reached ``skip`` times without effect and then once with it."""

    method: str
    path: str
    act: Intervention
    skip: int = 0
    used: bool = field(default=False)

    def reached_by(self, call: Call) -> bool:
        if self.used or call.method != self.method or not re.search(self.path, call.path):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.used = True
        return True


def answer(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(json.dumps(data), status, headers, content_type="application/json")


class Double:
    """An outside system below ``prefix`` of the test's server.

    ``routes`` maps a method and a pattern to the name of the method that does the work. ``before`` and ``after`` call
    back once when a matching request has arrived, or when its work is done and the answer is still held back; what the
    callback returns, if anything, is answered instead (``before``: the work is then not done).
    """

    prefix: ClassVar[str] = ""
    authorization: ClassVar[str] = ""
    routes: ClassVar[Sequence[tuple[str, str, str]]] = ()

    def __init__(self, server: HTTPServer) -> None:
        self.journal: list[Call] = []
        self._before: list[_Moment] = []
        self._after: list[_Moment] = []
        self.base_url = server.url_for(self.prefix)
        for method, pattern, name in self.routes:
            address = re.compile(f"^{self.prefix}{pattern}$")
            server.expect_request(address, method=method).respond_with_handler(self._answering(pattern, name))

    def before(self, method: str, path: str, act: Intervention, *, skip: int = 0) -> None:
        """Step in when a matching request has arrived and nothing was done yet."""
        self._before.append(_Moment(method, path, act, skip))

    def after(self, method: str, path: str, act: Intervention, *, skip: int = 0) -> None:
        """Step in when the work of a matching request is done and its answer was not sent yet."""
        self._after.append(_Moment(method, path, act, skip))

    def calls(self, method: str, path: str) -> list[Call]:
        """What was asked of the paths that match."""
        return [call for call in self.journal if call.method == method and re.search(path, call.path)]

    def refusal(self, call: Call) -> Response | None:
        """The answer to a request that this system would not even read; ``None`` lets it in."""
        if call.headers.get("Authorization", "").startswith(self.authorization):
            return None
        return answer({"message": "Unauthorized"}, 401)

    def _answering(self, pattern: str, name: str) -> Callable[[Request], Response]:
        work: Handler = getattr(self, name)

        def handle(request: Request) -> Response:
            call = self._journaled(request)
            found = re.fullmatch(f"{self.prefix}{pattern}", request.path)
            parts = found.groups() if found else ()
            stopped = self.refusal(call) or _intervention(self._before, call)
            if stopped is not None:
                return stopped
            done = work(call, *parts)
            return _intervention(self._after, call) or done

        return handle

    def _journaled(self, request: Request) -> Call:
        body: Any = request.get_data(cache=True, parse_form_data=False)
        if request.mimetype == "application/json":
            body = json.loads(body)
        elif request.mimetype == "multipart/form-data":
            files = {
                name: (file.filename, file.read(), file.mimetype) for name, file in request.files.items()
            }
            body = {**request.form, **files}
        call = Call(request.method, request.path, dict(request.args), dict(request.headers), body)
        self.journal.append(call)
        return call


def _intervention(moments: list[_Moment], call: Call) -> Response | None:
    for moment in moments:
        if moment.reached_by(call):
            return moment.act()
    return None
