"""An S3 service in memory, for tests: as much of its dialect as Evoke speaks, strict where Amazon is, and with faults.

Set EVOKE_TEST_S3 to the address of another service (with the keys `evoke` and `small steps`) to run the same tests
against that. Faults are put in between there too: this one then only passes on what it is asked.
"""

import base64
import hashlib
import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import httpx
from pydantic import SecretStr

from models.settings import Settings

ACCESS_KEY, SECRET_KEY = "evoke", "small steps"
SMALLEST_PART = 5 << 20
"""Bytes, but for the last one."""


class S3Refused(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass(frozen=True)
class Fault:
    """What happens to a request instead of an answer, or before it: it waits `seconds`, is refused with `status`, or
    the connection ends when the request has come, or in the middle of the answer's body."""

    status: int = 0
    code: str = "SlowDown"
    seconds: float = 0
    cut: bool = False
    cut_body: bool = False


@dataclass
class Kept:
    body: bytes
    changed: datetime = field(default_factory=lambda: datetime.now(UTC))

    @cached_property
    def etag(self) -> str:
        return f'"{hashlib.md5(self.body).hexdigest()}"'  # what S3 calls it


@dataclass
class S3Service:
    """`asked` lists method and path of every request. `fault` is asked about each one: None lets it be."""

    passes_to: str = ""
    objects: dict[str, Kept] = field(default_factory=dict)
    uploads: dict[str, tuple[str, dict[int, bytes]]] = field(default_factory=dict)
    buckets: set[str] = field(default_factory=lambda: {"evoke"})
    asked: list[tuple[str, str]] = field(default_factory=list)
    fault: Callable[[str, str], Fault | None] = lambda method, path: None
    lock: Any = field(default_factory=threading.RLock)
    address: str = ""

    @contextmanager
    def failing(self, fault: Fault, *, only: str = "", first: int | None = None) -> Iterator[None]:
        """For requests of the methods `only` (as "PUT POST"); of these for the `first` so many."""
        left = [first]

        def judge(method: str, path: str) -> Fault | None:
            if (only and method not in only.split()) or left[0] == 0:
                return None
            if left[0] is not None:
                left[0] -= 1
            return fault

        self.fault = judge
        try:
            yield
        finally:
            self.fault = lambda method, path: None

    def keys(self, prefix: str = "") -> list[str]:
        if not self.passes_to:
            return sorted(key.partition("/")[2] for key in self.objects if key.partition("/")[2].startswith(prefix))
        listed = httpx.get(f"{self.passes_to}/evoke", params={"list-type": "2", "prefix": prefix}).text
        return sorted(one.text or "" for one in ElementTree.fromstring(listed).iter() if one.tag.endswith("}Key"))

    # Each takes the parts of a request and gives status, headers and body.

    def answer(
        self, method: str, path: str, query: dict[str, str], headers: Any, body: bytes
    ) -> tuple[int, Any, bytes]:
        if f"Credential={ACCESS_KEY}/" not in headers.get("authorization", ""):
            raise S3Refused(403, "InvalidAccessKeyId")
        bucket, _, key = path.strip("/").partition("/")
        if bucket not in self.buckets:
            raise S3Refused(404, "NoSuchBucket")
        _check_sums(headers, body)
        with self.lock:
            if method == "GET" and not key:
                return self._list(bucket, query)
            if method == "POST" and not key and "delete" in query:
                return self._delete_many(bucket, body)
            return self._of_object(method, f"{bucket}/{key}", query, headers, body)

    def _of_object(self, method: str, name: str, query: dict[str, str], headers: Any, body: bytes) -> Any:
        if method == "POST" and "uploads" in query:
            upload = uuid.uuid4().hex
            self.uploads[upload] = (name, {})
            return 200, {}, _xml("InitiateMultipartUploadResult", f"<UploadId>{upload}</UploadId>")
        if "uploadId" in query:
            return self._of_upload(method, name, query, body)
        if method == "PUT":
            if source := headers.get("x-amz-copy-source"):
                body = self._found(unquote(source).strip("/")).body
            self.objects[name] = Kept(body)
            etag = self.objects[name].etag
            return 200, {"etag": etag}, _xml("CopyObjectResult", f"<ETag>{etag}</ETag>") if source else b""
        if method == "DELETE":
            self.objects.pop(name, None)
            return 204, {}, b""
        return _read(self._found(name), headers.get("range", ""))

    def _of_upload(self, method: str, name: str, query: dict[str, str], body: bytes) -> Any:
        if self.uploads.get(query["uploadId"], ("", {}))[0] != name:
            raise S3Refused(404, "NoSuchUpload")
        parts = self.uploads[query["uploadId"]][1]
        if method == "PUT":
            parts[int(query["partNumber"])] = body
            return 200, {"etag": Kept(body).etag}, b""
        del self.uploads[query["uploadId"]]
        if method == "DELETE":
            return 204, {}, b""
        numbers = [int(one.text or "") for one in ElementTree.fromstring(body).iter() if one.tag.endswith("PartNumber")]
        if any(len(parts[one]) < SMALLEST_PART for one in numbers[:-1]):
            raise S3Refused(400, "EntityTooSmall")
        self.objects[name] = Kept(b"".join(parts[one] for one in numbers))
        return 200, {}, _xml("CompleteMultipartUploadResult", f"<ETag>{self.objects[name].etag}</ETag>")

    def _found(self, name: str) -> Kept:
        if name not in self.objects:
            raise S3Refused(404, "NoSuchKey")
        return self.objects[name]

    def _list(self, bucket: str, query: dict[str, str]) -> Any:
        start = f"{bucket}/{query.get('prefix', '')}"
        after = f"{bucket}/{query.get('continuation-token', '')}"
        found = sorted(one for one in self.objects if one.startswith(start) and one > after)
        between = query.get("delimiter", "")
        deeper = [one for one in found if between and between in one[len(start) :]]
        found = sorted({*found} - {*deeper})
        entries = "".join(
            f"<CommonPrefixes><Prefix>{escape(one.partition('/')[2])}</Prefix></CommonPrefixes>"
            for one in sorted({one[: one.index(between, len(start)) + 1] for one in deeper})
        )
        entries += "".join(
            f"<Contents><Key>{escape(one.partition('/')[2])}</Key><ETag>{escape(kept.etag)}</ETag>"
            f"<Size>{len(kept.body)}</Size><LastModified>{kept.changed:%Y-%m-%dT%H:%M:%S.000Z}</LastModified></Contents>"
            for one in found[:1000]
            for kept in [self.objects[one]]
        )
        if more := len(found) > 1000:
            token = escape(found[999].partition("/")[2])
            entries += f"<NextContinuationToken>{token}</NextContinuationToken>"
        return 200, {}, _xml("ListBucketResult", f"<IsTruncated>{str(more).lower()}</IsTruncated>{entries}")

    def _delete_many(self, bucket: str, body: bytes) -> Any:
        keys = [one.text or "" for one in ElementTree.fromstring(body).iter() if one.tag.endswith("Key")]
        for key in keys:
            self.objects.pop(f"{bucket}/{key}", None)
        return 200, {}, _xml("DeleteResult", "".join(f"<Deleted><Key>{escape(key)}</Key></Deleted>" for key in keys))


def _check_sums(headers: Any, body: bytes) -> None:
    said = headers.get("x-amz-checksum-sha256")
    if said is not None and base64.b64encode(hashlib.sha256(body).digest()).decode() != said:
        raise S3Refused(400, "BadDigest")


def _read(kept: Kept, wanted: str) -> Any:
    headers = {"etag": kept.etag, "last-modified": format_datetime(kept.changed, usegmt=True)}
    if not wanted:
        return 200, headers, kept.body
    first, _, last = wanted.removeprefix("bytes=").partition("-")
    start, end = int(first), min(int(last or len(kept.body) - 1), len(kept.body) - 1)
    if start >= len(kept.body):
        raise S3Refused(416, "InvalidRange")
    headers["content-range"] = f"bytes {start}-{end}/{len(kept.body)}"
    return 206, headers, kept.body[start : end + 1]


def _xml(name: str, inside: str) -> bytes:
    return f'<?xml version="1.0"?><{name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{inside}</{name}>'.encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    service: S3Service

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        url = urlsplit(self.path)
        self.service.asked.append((self.command, unquote(url.path)))
        fault = self.service.fault(self.command, unquote(url.path)) or Fault()
        time.sleep(fault.seconds)
        if fault.cut:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        try:
            if fault.status:
                raise S3Refused(fault.status, fault.code)
            if self.service.passes_to:
                status, headers, content = _passed_on(self.service.passes_to, self, body)
            else:
                query = {key: value[0] for key, value in parse_qs(url.query, keep_blank_values=True).items()}
                status, headers, content = self.service.answer(
                    self.command, unquote(url.path), query, self.headers, body
                )
        except S3Refused as error:
            status, headers, content = error.status, {}, _xml("Error", f"<Code>{error.code}</Code>")
        self.send_response_only(status)
        for name, value in (headers | {"content-length": headers.get("content-length", str(len(content)))}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if fault.cut_body:
            content = content[: len(content) // 2]
            self.close_connection = True
        self.wfile.write(content)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = answer

    def log_message(self, *_args: object) -> None:
        pass


def _passed_on(address: str, handler: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict[str, str], bytes]:
    given = {name: value for name, value in handler.headers.items() if name.lower() != "connection"}
    answer = httpx.request(handler.command, f"{address}{handler.path}", headers=given, content=body, timeout=60)
    drop = {"transfer-encoding", "connection", "server", "date"}
    return answer.status_code, {k: v for k, v in answer.headers.items() if k.lower() not in drop}, answer.content


@contextmanager
def s3_service(*, passes_to: str = "") -> Iterator[S3Service]:
    service = S3Service(passes_to.rstrip("/"))
    if passes_to:
        httpx.put(f"{service.passes_to}/evoke").raise_for_status()
    handler = type("Handler", (_Handler,), {"service": service})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    service.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()


def in_bucket(settings: Settings, s3: S3Service, **others: object) -> Settings:
    """The same installation with its files under a prefix of its own; patience is short."""
    ours: dict[str, object] = {
        "files_url": f"s3://evoke/{uuid.uuid4().hex}/files", "files_endpoint": s3.address, "files_allow_http": True,
        "files_access_key": ACCESS_KEY, "files_secret_key": SecretStr(SECRET_KEY), "files_retry_seconds": 1,
    }  # fmt: skip
    return settings.model_copy(update=ours | others)


def keys_in(settings: Settings, s3: S3Service) -> list[str]:
    """Of files; the ledger of deletions, which only grows, lies beside them."""
    files = settings.files_url.removeprefix("s3://evoke/")
    return [key for key in s3.keys(files) if not key.startswith(f"{files}/ledger/")]


if __name__ == "__main__":
    with s3_service() as alone:  # for whoever measures, in a process of its own; it ends with its input
        print(alone.address, flush=True)
        sys.stdin.read()
