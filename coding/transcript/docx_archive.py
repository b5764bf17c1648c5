"""The parts of a Word file, taken out of its zip archive without trusting what the archive says about itself."""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator

from coding.transcript.errors import DocxBroken, DocxUnsafe, NotATranscript

MAX_MEMBERS = 2_000
MAX_UNPACKED = 200_000_000  # bytes, all members together, pictures included
MAX_PART = 30_000_000  # bytes of the one part that is read
MAX_RATIO = 200  # text of a real document packs 5 to 40 to 1; deflate can reach 1,032 to 1
_RATIO_FROM = 1_000_000  # bytes: below this a high ratio is harmless
_CHUNK = 64 * 1024
_MEMBER_MARK = b"PK\x01\x02"
_MAIN = re.compile(rb"<[^<>]{0,500}/officeDocument\"[^<>]{0,500}>")
_TARGET = re.compile(rb"Target=\"([^\"<>]{1,300})\"")


class DocxArchive:
    """Opens the archive's directory only. Raises DocxUnsafe, DocxBroken, or NotATranscript for other zip files."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        if data.count(_MEMBER_MARK) > MAX_MEMBERS:  # before the directory is read into objects
            raise DocxUnsafe(name)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            members = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError, UnicodeDecodeError):
            raise DocxBroken(name, "it is damaged or cut short") from None
        if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
            raise DocxUnsafe(name)
        if any(_swells(member.file_size, member.compress_size) for member in members):
            raise DocxUnsafe(name)
        names = {member.filename for member in members}
        if "[Content_Types].xml" not in names or not any(one.startswith("word/") for one in names):
            raise NotATranscript(
                name, "is not a Word document", "Save the transcript as Word (.docx), plain text, CSV, WebVTT or JSON."
            )

    def main_part(self) -> Iterator[bytes]:
        """The document's XML in chunks. Raises DocxUnsafe as soon as more comes out than the directory promised."""
        return self._inflated(self._main_name())

    def _main_name(self) -> str:
        """Word names the main part in the package's relations; usually it is word/document.xml."""
        if "_rels/.rels" in self._zip.namelist():
            relations = b"".join(self._inflated("_rels/.rels"))
            if (main := _MAIN.search(relations)) and (target := _TARGET.search(main.group())):
                named = posixpath.normpath(target.group(1).decode("utf-8", errors="replace").lstrip("/"))
                if named in self._zip.namelist():
                    return named
        if "word/document.xml" not in self._zip.namelist():
            raise DocxBroken(self.name, "its text is missing")
        return "word/document.xml"

    def _inflated(self, part: str) -> Iterator[bytes]:
        member = self._zip.getinfo(part)
        if member.flag_bits & 0x1:
            raise DocxBroken(self.name, "it is protected by a password")
        if member.file_size > MAX_PART:
            raise DocxUnsafe(self.name)
        total = 0
        try:
            with self._zip.open(member) as source:
                while chunk := source.read(_CHUNK):
                    total += len(chunk)
                    if total > min(member.file_size, MAX_PART) or _swells(total, member.compress_size):
                        raise DocxUnsafe(self.name)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError):
            raise DocxBroken(self.name, "it is damaged or cut short") from None


def _swells(unpacked: int, packed: int) -> bool:
    return unpacked > _RATIO_FROM and unpacked > MAX_RATIO * max(packed, 1)
