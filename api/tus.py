"""The tus protocol, version 1.0.0 (https://tus.io/protocols/resumable-upload): its headers read and written.

Of what there is for sending a file in pieces, tus is finished and has clients in every language; the IETF's draft
(draft-ietf-httpbis-resumable-upload) still changes its version with every edition. Taken are the core, but for
X-HTTP-Method-Override, and the extensions creation, expiration, checksum and termination.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from api.errors import problem
from api.route import ApiRoute
from models.errors import EvokeError

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,checksum,termination"
CHECKSUMS = ("sha1", "sha256")
"""SHA-1 is the one that the protocol asks for; here either finds a piece that changed on its way, and no more."""
PIECE_TYPE = "application/offset+octet-stream"
_NAME = re.compile(r"[!-+\--~]{1,60}")
_WHOLE = re.compile(r"[0-9]{1,15}")
MOST_NAMES = 80


class OtherVersion(EvokeError):
    status = 412
    code = "tus_version"

    def __init__(self) -> None:
        super().__init__(f"Evoke speaks version {VERSION} of tus. Send Tus-Resumable: {VERSION}, or leave it out.")


class HeaderWrong(EvokeError):
    """Names the header."""

    status = 400
    code = "header_wrong"


class NotAPiece(EvokeError):
    status = 415
    code = "not_a_piece"

    def __init__(self) -> None:
        super().__init__(f"Send the bytes alone, with Content-Type: {PIECE_TYPE}.")


class ChecksumDiffers(EvokeError):
    """The status is the protocol's own."""

    status = 460
    code = "checksum_differs"

    def __init__(self) -> None:
        super().__init__("The bytes that came are not those of the checksum, so none of them is kept. Send them again.")


class TusRoute(ApiRoute):
    """Every answer says the version, errors too, and one about an offset says in its header where to go on."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                if request.headers.get("tus-resumable", VERSION) != VERSION:
                    raise OtherVersion
                response = await handle(request)
            except EvokeError as error:
                response = problem(error)
                if isinstance(error, OtherVersion):
                    response.headers["tus-version"] = VERSION
                if "offset" in error.members:
                    response.headers["upload-offset"] = str(error.members["offset"])
            response.headers["tus-resumable"] = VERSION
            return response

        return answer


@dataclass(frozen=True)
class Checksum:
    algorithm: str
    digest: bytes

    def begin(self) -> Any:
        return hashlib.new(self.algorithm, usedforsecurity=False)

    def check(self, counted: Any) -> None:
        """Raises ChecksumDiffers."""
        if counted.digest() != self.digest:
            raise ChecksumDiffers


def whole_number(headers: Mapping[str, str], name: str) -> int:
    """Raises HeaderWrong."""
    text = headers.get(name, "").strip()
    if not _WHOLE.fullmatch(text):
        raise HeaderWrong(f"Send {name} with a number of bytes.")
    return int(text)


def read_length(headers: Mapping[str, str]) -> int:
    """Raises HeaderWrong, also where the length is to come later."""
    if "upload-defer-length" in headers:
        raise HeaderWrong("Say how long the file is in Upload-Length: it is asked for at the beginning.")
    return whole_number(headers, "Upload-Length")


def read_metadata(header: str) -> dict[str, str]:
    """`Upload-Metadata`: names with a base64 value each, with commas between. Raises HeaderWrong."""
    read: dict[str, str] = {}
    for one in header.split(",") if header.strip() else []:
        name, _, value = one.strip().partition(" ")
        if not _NAME.fullmatch(name) or name in read or len(read) >= MOST_NAMES:
            raise HeaderWrong(f"Upload-Metadata has up to {MOST_NAMES} names, each once, with its value in base64.")
        try:
            read[name] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            raise HeaderWrong(f"The value of {name} in Upload-Metadata is not base64 of UTF-8 text.") from None
    return read


def read_checksum(header: str | None) -> Checksum | None:
    """`Upload-Checksum`: an algorithm and the digest in base64. Raises HeaderWrong."""
    if header is None:
        return None
    algorithm, _, value = header.strip().partition(" ")
    if algorithm not in CHECKSUMS:
        raise HeaderWrong(f"Upload-Checksum is one of {', '.join(CHECKSUMS)}, then the digest in base64.")
    try:
        digest = base64.b64decode(value.strip(), validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise HeaderWrong(f"Upload-Checksum has no {algorithm} digest in base64 behind its name.")
    return Checksum(algorithm, digest)


def http_date(moment: datetime) -> str:
    """`moment` is in UTC."""
    return format_datetime(moment, usegmt=True)
