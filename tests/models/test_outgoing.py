"""What may be reached from inside, and what an answer may do. The receivers are real servers on this machine."""

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from models import outgoing
from models.outgoing import AddressWrong, Allowed, check_address, client, may_reach, why_not
from models.settings import Settings, SettingsWrong
from tests.conftest import settings_of_tests


class Receiver(BaseHTTPRequestHandler):
    hosts: list[str] = []

    def do_GET(self) -> None:
        self.hosts.append(self.headers["host"])
        name = self.path.strip("/")
        headers = {"content-length": "2"}
        if name == "elsewhere":
            headers["location"] = "http://169.254.169.254/latest"
        if name == "packed":
            headers["content-encoding"] = "gzip"
        if name == "long":
            headers["content-length"] = "5000"
        self.send_response(302 if name == "elsewhere" else 200)
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
        if name == "slow":
            for _ in range(2):
                time.sleep(0.4)
                self.wfile.write(b".")
                self.wfile.flush()
        else:
            self.wfile.write(b"." * int(headers["content-length"]))

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def closed(tmp_path: Path) -> Settings:
    return settings_of_tests(tmp_path)


@pytest.fixture
def opened(tmp_path: Path) -> Settings:
    return settings_of_tests(tmp_path, outgoing_allowed="localhost, 10.1.0.0/16")


@contextmanager
def names(monkeypatch: pytest.MonkeyPatch, **known: list[str]) -> Iterator[None]:
    really = socket.getaddrinfo

    def found(host: str, *others: object, **named: object) -> list[tuple[object, ...]]:
        if ":" in host or host[0].isdigit():
            return really(host, *others, **named)
        if host.replace(".", "_") not in known:
            raise socket.gaierror("not known")
        return [(0, 0, 0, "", (one, 0)) for one in known[host.replace(".", "_")]]

    with monkeypatch.context() as patched:
        patched.setattr(outgoing.socket, "getaddrinfo", found)
        yield


@pytest.mark.parametrize(
    "url",
    [
        "", "lms.example.org", "ftp://lms.example.org/", "https://", "https://:443/", "http://lms.example.org/hooks",
        "https://lms.example.org:0/", "https://lms.example.org:99999/", "https://me:secret@lms.example.org/",
        "https://lms.example.org/#part", "https://lms.example.org/a b", "https://lms.example.org\\@10.0.0.1/",
        "https://lms.exämple.org/", "https://lms.example.org/\n", "https://[::1/", "javascript:alert(1)",
        "https://lms.example.org/" + "a" * 500,
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(url: str, closed: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    if url.endswith("\n"):
        url += "x"
    with names(monkeypatch, lms_example_org=["93.184.216.34"]), pytest.raises(AddressWrong):
        check_address(url, settings=closed)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.8.9.1", "localhost", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0",
        "100.64.0.1", "224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[::ffff:10.0.0.1]",
        "[::ffff:169.254.169.254]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[::7f00:1]",
        "[ff02::1]", "2130706433", "0x7f.1", "127.1", "printer.local", "db.internal", "a.localhost", "inside.example",
    ],
)  # fmt: skip
def test_what_is_inside_is_refused(host: str, closed: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    if host == "inside.example":
        with names(monkeypatch, inside_example=["93.184.216.34", "10.0.0.7"]), pytest.raises(AddressWrong):
            check_address(f"https://{host}/", settings=closed)
        return
    with pytest.raises(AddressWrong, match="private network"):
        check_address(f"https://{host}/", settings=closed)


def test_public_addresses_are_taken(closed: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with names(monkeypatch, lms_example_org=["93.184.216.34", "2606:2800:220:1::1"]):
        assert check_address("  https://lms.example.org:8443/a?b=c ", settings=closed) == (
            "https://lms.example.org:8443/a?b=c"
        )
        assert check_address("https://not.found.yet/", settings=closed) == "https://not.found.yet/"


def test_an_operator_opens_hosts(opened: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_address("http://localhost:9/x", settings=opened)
    assert check_address("https://10.1.2.3/x", settings=opened)
    assert check_address("https://[::ffff:10.1.2.3]/x", settings=opened)
    for url in ("https://10.2.2.3/x", "http://10.1.2.3/x", "https://127.0.0.1/x"):
        with pytest.raises(AddressWrong):
            check_address(url, settings=opened)
    with names(monkeypatch, lrs_local=["192.168.0.4"]):
        assert check_address("https://lrs.local/", settings=settings_of_tests(tmp_path, outgoing_allowed="lrs.local"))
    with pytest.raises(SettingsWrong, match="EVOKE_OUTGOING_ALLOWED"):
        Allowed.of(settings_of_tests(tmp_path, outgoing_allowed="10.1.0.0/99"))


def test_a_public_one_is_reachable() -> None:
    for address in ("93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"):
        assert may_reach(ipaddress.ip_address(address), Allowed()), address


def test_a_request_goes_to_the_address_that_was_judged(
    address: str, opened: Settings, closed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    Receiver.hosts.clear()
    with client(opened) as wire:
        assert wire.get(f"{address}/").text == ".."
        assert Receiver.hosts == [address.removeprefix("http://")]
        assert wire.get(f"{address}/elsewhere").status_code == 302  # not followed
    port = address.rpartition(":")[2]
    with client(closed) as wire:
        for url in (f"{address}/", f"https://127.0.0.1:{port}/", f"https://[::1]:{port}/", "http://93.184.216.34/"):
            with pytest.raises(httpx.ConnectError) as refused:
                wire.get(url)
            assert why_not(refused.value) == "its address is inside a private network"
        with names(monkeypatch, moved_example=["127.0.0.1"]), pytest.raises(httpx.ConnectError):
            wire.get(f"https://moved.example:{port}/")  # its name led elsewhere since it was entered
        with names(monkeypatch), pytest.raises(httpx.ConnectError) as lost:
            wire.get("https://gone.example/")
        assert why_not(lost.value) == "its name was not found"


def test_the_next_address_of_a_name_is_tried(address: str, opened: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with names(monkeypatch, localhost=["::1", "127.0.0.1"]), client(opened) as wire:
        assert wire.get(f"{address}/").status_code == 200


def test_long_slow_and_packed_answers_are_given_up(address: str, opened: Settings) -> None:
    with client(opened, seconds=0.5, largest=1000) as wire:
        for name, why in (("long", "too long"), ("packed", "too long"), ("slow", "in time")):
            with pytest.raises(httpx.TransportError) as failed:
                wire.get(f"{address}/{name}")
            assert why in why_not(failed.value)


@pytest.mark.parametrize("line", [b"HTTP/1.1 200 OK\r\n", b""])
def test_headers_in_drips_do_not_hold_it_up(opened: Settings, line: bytes) -> None:
    """Each read is quick, and the whole has no end."""
    ended = threading.Event()

    def drip(server: socket.socket) -> None:
        wire, _ = server.accept()
        with wire:
            wire.recv(10_000)
            wire.sendall(line)
            while not ended.wait(0.05):
                try:
                    wire.sendall(b"x: y\r\n" if line else b"H")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,), daemon=True)
        thread.start()
        begun = time.monotonic()
        with client(opened, seconds=0.5) as wire, pytest.raises(httpx.TimeoutException) as failed:
            wire.get(f"http://localhost:{server.getsockname()[1]}/")
        assert time.monotonic() - begun < 5
        assert "in time" in why_not(failed.value)
        ended.set()
        thread.join()


def test_many_addresses_do_not_hold_it_up(opened: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def slow(self: object, request: httpx.Request) -> httpx.Response:
        tried.append(request.url.host)
        time.sleep(0.2)
        raise httpx.ConnectTimeout("nobody there")

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", slow)
    many = [f"127.0.0.{last}" for last in range(1, 100)]
    with (
        names(monkeypatch, localhost=many), client(opened, seconds=0.5) as wire,
        pytest.raises(httpx.TimeoutException),
    ):  # fmt: skip
        wire.get("http://localhost:9/")
    assert 1 < len(tried) < 6


def test_a_closed_port_is_said_in_words(opened: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with client(opened) as wire, pytest.raises(httpx.ConnectError) as failed:
        wire.get(f"http://localhost:{port}/")
    assert why_not(failed.value) == "no connection could be made"
