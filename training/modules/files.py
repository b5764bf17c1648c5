"""The two files of a module as they come in a form, one by one or in a zip."""

import io
import lzma
import zipfile
import zlib

from models.errors import EvokeError
from training.modules.read import EXERCISE_FILE, MODULE_FILE

LARGEST = 300_000
"""Characters of one file once it is unpacked; ten times what the longest module has."""


class FilesWrong(EvokeError):
    """`fields` names the field of the form."""

    code = "files_wrong"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.fields = {field: message}


def pair_of(module_md: bytes, exercises_yaml: bytes, packed: bytes) -> tuple[str, str]:
    """`packed` is a zip that has both, in any folder; empty where the files came one by one. Raises FilesWrong."""
    if packed:
        files = _unpack(packed)
        return _text(files[MODULE_FILE], "packed", MODULE_FILE), _text(files[EXERCISE_FILE], "packed", EXERCISE_FILE)
    for field, data, name in (("module_md", module_md, MODULE_FILE), ("exercises", exercises_yaml, EXERCISE_FILE)):
        if not data.strip():
            raise FilesWrong(field, f"Choose the file {name}, or a zip that has both files.")
    return _text(module_md, "module_md", MODULE_FILE), _text(exercises_yaml, "exercises", EXERCISE_FILE)


def packed_pair(slug: str, module_md: str, exercises_yaml: str) -> bytes:
    """A zip with one folder, named as the module."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{slug}/{MODULE_FILE}", module_md)
        archive.writestr(f"{slug}/{EXERCISE_FILE}", exercises_yaml)
    return made.getvalue()


def _unpack(packed: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            return {name: _member(archive, name) for name in (MODULE_FILE, EXERCISE_FILE)}
    except (
        zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, OSError, ValueError,
    ) as error:  # fmt: skip
        raise FilesWrong("packed", "This is not a zip file that can be opened. Pack the two files again.") from error


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    found = [one for one in archive.infolist() if one.filename.rpartition("/")[2] == name]
    found = [one for one in found if not one.filename.startswith("__MACOSX/")]
    if len(found) != 1:
        many = "no file" if not found else f"{len(found)} files"
        raise FilesWrong("packed", f"There is {many} {name} in the zip. Pack one module, with one {name}.")
    with archive.open(found[0]) as member:
        return member.read(LARGEST + 1)  # whatever size the zip says it has


def _text(data: bytes, field: str, name: str) -> str:
    if len(data) > LARGEST:
        raise FilesWrong(field, f"{name} is larger than {LARGEST // 1000} kB. Make two modules of it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FilesWrong(field, f"{name} is not UTF-8 text. Save it so in your editor, and send it again.") from error
    if "\x00" in text:
        raise FilesWrong(field, f"{name} is not a text file. Save it as plain text, and send it again.")
    return text
