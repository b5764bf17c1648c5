"""The connection beneath `models.outgoing.client`; a module of its own, so that httpx is loaded only to send.

A name is looked up here, its addresses are judged, and the connection is made to the address that was judged, so that
no second look-up can lead elsewhere (DNS rebinding). TLS is asked for by the name, whose certificate is checked.

All of it has one deadline: httpx times each read apart, so that an answer in drips would never be too slow.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from models.outgoing import CONNECT_SECONDS, Allowed, look_up, may_reach


class NotReachable(httpx.ConnectError):
    """A private address, and not one that the operator opened."""


class HostNotFound(httpx.ConnectError):
    pass


class AnswerTooLong(httpx.ReadError):
    pass


class CheckedTransport(httpx.BaseTransport):
    """No connection is kept for a second request: two names at one address must not share one."""

    def __init__(self, allowed: Allowed, *, seconds: float, largest: int) -> None:
        self._allowed, self._seconds, self._largest = allowed, seconds, largest
        limits = httpx.Limits(max_connections=100, max_keepalive_connections=0)
        self._wire = httpx.HTTPTransport(limits=limits, trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        until = time.monotonic() + self._seconds
        host, asked = request.url.raw_host.decode("ascii"), request.url
        request.extensions = {**request.extensions, "sni_hostname": host, "trace": _in_time(until)}
        failed: httpx.ConnectError | httpx.ConnectTimeout = HostNotFound("no address was found")
        for address in self._addresses(asked, host):
            _require_time(until)
            request.url = asked.copy_with(host=address)
            try:
                answer = self._wire.handle_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failed = error
                continue
            finally:
                request.url = asked
            return self._limited(answer)
        raise failed

    def _addresses(self, url: httpx.URL, host: str) -> list[str]:
        try:
            found = look_up(host, url.port or (80 if url.scheme == "http" else 443))
        except OSError as error:
            raise HostNotFound("no address was found") from error
        if url.scheme != "https" and not all(one.is_loopback for one in found):
            raise NotReachable("not by HTTPS")
        if not self._allowed.host(host) and not all(may_reach(one, self._allowed) for one in found):
            raise NotReachable("a private address")
        return [str(one) for one in found]

    def _limited(self, answer: httpx.Response) -> httpx.Response:
        if answer.headers.get("content-encoding", "identity") != "identity":  # a small one could unfold to a huge one
            answer.close()
            raise AnswerTooLong("compressed, which was not asked for")
        stream = answer.stream
        assert isinstance(stream, httpx.SyncByteStream)
        answer.stream = _Limited(stream, self._largest)
        return answer

    def close(self) -> None:
        self._wire.close()


class _Limited(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream, largest: int) -> None:
        self._stream, self._left = stream, largest

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._stream:
            self._left -= len(piece)
            if self._left < 0:
                raise AnswerTooLong("longer than is read")
            yield piece

    def close(self) -> None:
        self._stream.close()


def _in_time(until: float) -> Callable[[str, dict[str, Any]], None]:
    """For httpcore's `trace`, which is told of a connection as it is made: each read of it gets what time is left."""

    def trace(event: str, info: dict[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            stream = info["return_value"]
            read = stream.read
            stream.read = lambda most, timeout=None: read(most, timeout=_require_time(until))

    return trace


def _require_time(until: float) -> float:
    """Seconds left. Raises httpx.ReadTimeout where there are none."""
    left = until - time.monotonic()
    if left <= 0:
        raise httpx.ReadTimeout("slower than is waited for")
    return left


def make_client(allowed: Allowed, *, seconds: float, largest: int) -> httpx.Client:
    return httpx.Client(
        transport=CheckedTransport(allowed, seconds=seconds, largest=largest), follow_redirects=False, trust_env=False,
        timeout=httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds)),
        headers={"user-agent": "Evoke", "accept-encoding": "identity"},
    )  # fmt: skip
