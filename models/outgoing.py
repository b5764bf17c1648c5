"""What goes out to systems that an administrator names: their addresses are checked when they are entered and again
when something is sent, so that nobody reaches through Evoke what lies behind it (its own machine, its network, a
cloud's metadata).

Other ways than HTTPS, private addresses and this machine itself are closed, unless the operator opens them one by one
(`EVOKE_OUTGOING_ALLOWED`).
"""

import ipaddress
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from models.errors import EvokeError
from models.settings import Settings, SettingsWrong

if TYPE_CHECKING:
    import httpx

SECONDS = 10.0
"""For all of it, from looking up the name to the last byte of the answer. Reading ends then; looking up a name and
making a connection, once begun, can take some seconds longer."""
CONNECT_SECONDS = 5.0
LARGEST_ANSWER = 1_000_000
"""Bytes that are read of an answer; a longer one is an error."""
LONGEST_ADDRESS = 500

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class AddressWrong(EvokeError):
    code = "address_wrong"


@dataclass(frozen=True)
class Allowed:
    """What the operator opened: names of hosts in lower case, and networks."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> "Allowed":
        """Raises SettingsWrong."""
        hosts, networks = set(), []
        for entry in filter(None, (one.strip().lower() for one in settings.outgoing_allowed.split(","))):
            try:
                networks.append(ipaddress.ip_network(entry))
            except ValueError:
                if "/" in entry or ":" in entry:
                    raise SettingsWrong(
                        f"EVOKE_OUTGOING_ALLOWED: “{entry}” is neither a host’s name nor a network such as 10.1.0.0/16."
                    ) from None
                hosts.add(entry)
        return cls(frozenset(hosts), tuple(networks))

    def host(self, host: str) -> bool:
        return host.lower().rstrip(".") in self.hosts

    def address(self, address: Address) -> bool:
        return any(address in network for network in self.networks)


def check_address(url: str, *, settings: Settings) -> str:
    """The address without the blanks around it. A name that cannot be found just now is taken: it is looked up again
    whenever something is sent. Raises AddressWrong, whose sentence is for the person who entered it."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host or port == 0 or not url.isascii() or not url.isprintable() or set("\\ #") & set(url):
        raise AddressWrong("Enter a whole address that begins with https://, such as https://lms.example.org/evoke.")
    if len(url) > LONGEST_ADDRESS:
        raise AddressWrong(f"Shorten the address to {LONGEST_ADDRESS} characters or fewer.")
    if "@" in parts.netloc:
        raise AddressWrong("Take the user name and password out of the address.")
    allowed = Allowed.of(settings)
    try:
        found = look_up(host, port or (80 if parts.scheme == "http" else 443))
    except OSError:
        found = []
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_this_machine(host, found)):
        raise AddressWrong("Enter an address that begins with https://: by http:// it could be read on the way.")
    reachable = all(may_reach(one, allowed) for one in found) if found else not _is_local_name(host)
    if not reachable and not allowed.host(host):
        raise AddressWrong(
            f"{host} is inside a private network or is this machine itself, and Evoke sends nothing there. "
            "Enter an address on the internet, or ask whoever runs Evoke to allow this one (EVOKE_OUTGOING_ALLOWED)."
        )
    return url


def look_up(host: str, port: int) -> list[Address]:
    """In the order in which they are to be tried. Raises OSError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (UnicodeError, ValueError) as error:
        raise OSError("no name of a host") from error
    return list(dict.fromkeys(ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found))


def may_reach(address: Address, allowed: Allowed) -> bool:
    """Whether it is a public address, or one that the operator opened. An IPv4 address in the clothes of IPv6 is
    looked at as what it is (RFC 4291, 6052); tunnels (6to4, Teredo) are closed."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return may_reach(address.ipv4_mapped, allowed)
        if address in _NAT64:
            return may_reach(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF), allowed)
    if allowed.address(address):
        return True
    if isinstance(address, ipaddress.IPv6Address) and (
        address not in _GLOBAL_UNICAST or address.sixtofour is not None or address.teredo is not None
    ):
        return False
    return address.is_global and not address.is_multicast


def _is_this_machine(host: str, found: list[Address]) -> bool:
    return (host == "localhost" or bool(found)) and all(one.is_loopback for one in found)


def _is_local_name(host: str) -> bool:
    name = host.rstrip(".")
    return name == "localhost" or name.endswith((".localhost", ".local", ".internal"))


def client(settings: Settings, *, seconds: float = SECONDS, largest: int = LARGEST_ANSWER) -> "httpx.Client":
    """One that looks at each address it is about to reach, follows no redirect, takes no proxy from the environment,
    and gives up on an answer that is longer or slower than is said. Whatever goes wrong is an `httpx.HTTPError` or
    `httpx.InvalidURL`; `why_not` says it in words."""
    from models.outgoing_transport import make_client

    return make_client(Allowed.of(settings), seconds=seconds, largest=largest)


def why_not(error: Exception) -> str:
    """What went wrong, in a few words for an administrator that tell nothing of what was sent or came back."""
    import httpx

    from models.outgoing_transport import AnswerTooLong, HostNotFound, NotReachable

    if isinstance(error, NotReachable):
        return "its address is inside a private network"
    if isinstance(error, HostNotFound):
        return "its name was not found"
    if isinstance(error, AnswerTooLong):
        return "its answer was too long"
    if isinstance(error, httpx.TimeoutException):
        return "it did not answer in time"
    if isinstance(error, httpx.ConnectError) and "CERTIFICATE" in str(error).upper():
        return "its certificate was not accepted"
    return "no connection could be made"
