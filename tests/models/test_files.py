"""Where files lie, a folder or a bucket, they behave the same; and what fails there is told in a sentence."""

import contextlib
import os
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import obstore
import pytest
from obstore.exceptions import GenericError

from models import files_errors, storage
from models.cipher import CHUNK
from models.columns import utc_now
from models.files_check import check_files
from models.files_errors import FilesError, FilesFull, FilesUnreachable
from models.sealed_writer import SealedWriter
from models.settings import Settings, SettingsWrong
from models.storage import Storage
from tests.conftest import settings_of_tests
from tests.s3_service import Fault, S3Service, in_bucket, keys_in

KEY, RECORD = os.urandom(32), uuid.uuid4()
LARGE = os.urandom(17 * CHUNK + 5)
"""More than two parts of an upload to S3."""


@pytest.fixture
def bucket(tmp_path: Path, s3: S3Service) -> Settings:
    return in_bucket(settings_of_tests(tmp_path), s3)


@pytest.fixture(params=["folder", "bucket"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return Storage(settings_of_tests(tmp_path))
    return Storage(request.getfixturevalue("bucket"))


def begin(files: Storage, key: str, clear: bytes = LARGE) -> SealedWriter:
    writer = files.writer(key, key=KEY, record_id=RECORD)
    push(writer, clear)
    return writer


def push(writer: SealedWriter, clear: bytes) -> None:
    for at in range(0, len(clear), CHUNK):
        writer.write(clear[at : at + CHUNK])


def impatient(bucket: Settings) -> Storage:
    return Storage(bucket.model_copy(update={"files_retry_seconds": 0}))


def read(files: Storage, key: str) -> bytes:
    with files.open(key, key=KEY, record_id=RECORD) as clear:
        return clear.read()


def test_a_file_is_there_once_it_is_whole_and_not_before(files: Storage) -> None:
    writer = begin(files, "o/recordings/a.sealed")
    assert files.keys() == []
    writer.finish()
    assert read(files, "o/recordings/a.sealed") == LARGE
    assert len(b"".join(files.pieces("o/recordings/a.sealed"))) == files.files("o").__next__().size > len(LARGE)
    files.put("o/recordings/b.sealed", b"small")
    assert files.read("o/recordings/b.sealed") == b"small"
    assert sorted(files.keys()) == ["o/recordings/a.sealed", "o/recordings/b.sealed"]
    [one] = [one for one in files.files("o/recordings") if one.key.endswith("b.sealed")]
    assert one.size == 5
    assert abs(one.changed_at - utc_now()) < timedelta(minutes=1)
    assert files.at("o/recordings/a.sealed") == ["o/recordings/a.sealed"]
    assert len(files.at("o")) == 2
    files.rename("o/recordings/b.sealed", "o/recordings/a.sealed")
    assert (files.keys(), files.read("o/recordings/a.sealed")) == (["o/recordings/a.sealed"], b"small")


@pytest.mark.parametrize("clear", [b"some", LARGE], ids=["small", "large"])
@pytest.mark.parametrize("finished", [False, True])
def test_what_is_abandoned_leaves_nothing(files: Storage, clear: bytes, finished: bool) -> None:
    writer = begin(files, "o/a.sealed", clear)
    if finished:
        writer.finish()
    writer.abandon()
    writer.abandon()
    assert files.keys() == []
    assert files.folder is None or not [path for path in files.folder.rglob("*") if path.is_file()]


def test_what_is_gone_is_gone_and_says_so(files: Storage) -> None:
    for number in range(3):
        files.put(f"o/in-progress/x/{number}.sealed", b"1")
    files.put("o/in-progress/xy/0.sealed", b"1")
    files.delete_folder("o/in-progress/x")
    files.delete_folder("o/in-progress/x")
    assert files.keys() == ["o/in-progress/xy/0.sealed"]
    files.delete("o/in-progress/xy/0.sealed")
    files.delete("o/in-progress/xy/0.sealed")
    assert (files.keys(), files.at("o"), list(files.files("nothing"))) == ([], [], [])
    for ask in (
        files.read,
        lambda key: read(files, key),
        lambda key: files.rename(key, "o/b"),
        lambda key: [*files.pieces(key)],
    ):
        with pytest.raises(FileNotFoundError):
            ask("o/in-progress/xy/0.sealed")


def test_a_part_that_is_played_is_a_part_that_is_fetched(bucket: Settings, s3: S3Service) -> None:
    files = Storage(bucket)
    begin(files, "o/a.sealed").finish()
    s3.asked.clear()
    with files.open("o/a.sealed", key=KEY, record_id=RECORD) as clear:
        clear.seek(9 * CHUNK + 100)
        assert clear.read(1000) == LARGE[9 * CHUNK + 100 : 9 * CHUNK + 1100]
    assert [method for method, _ in s3.asked] == ["HEAD", "GET", "GET"]  # its size, its head, one chunk


FAULTS = [
    Fault(status=503), Fault(status=500, code="InternalError"), Fault(cut=True), Fault(cut_body=True),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=["slow down", "500", "cut", "cut in the body"])
def test_a_fault_that_passes_is_not_noticed_and_one_that_lasts_is_told(
    bucket: Settings, s3: S3Service, fault: Fault
) -> None:
    begin(Storage(bucket), "o/a.sealed", b"some").finish()
    with s3.failing(fault, first=1):
        assert read(Storage(bucket), "o/a.sealed") == b"some"
    files = impatient(bucket)
    with s3.failing(fault), pytest.raises(FilesUnreachable) as told:
        read(files, "o/a.sealed")
    assert (told.value.status, told.value.members["retry_after"]) == (503, 30)
    writer = files.writer("o/b.sealed", key=KEY, record_id=RECORD)
    writer.write(b"some")
    if not fault.cut_body:  # of which the answer to a write has none
        with s3.failing(fault, only="PUT POST"), pytest.raises(FilesUnreachable):
            writer.finish()
    writer.abandon()
    assert files.keys() == ["o/a.sealed"]
    with s3.failing(fault):
        assert not files.delete_or_leave("o/a.sealed")
    assert files.delete_or_leave("o/a.sealed")


def test_a_large_upload_lives_through_a_fault_and_one_that_cannot_leaves_no_parts(
    bucket: Settings, s3: S3Service
) -> None:
    files = Storage(bucket)
    with s3.failing(Fault(status=503), only="PUT", first=2):
        begin(files, "o/a.sealed").finish()
    assert read(files, "o/a.sealed") == LARGE
    writer = impatient(bucket).writer("o/b.sealed", key=KEY, record_id=RECORD)
    with s3.failing(Fault(status=503), only="PUT"), pytest.raises(FilesUnreachable):
        push(writer, 3 * LARGE)
    writer.abandon()
    assert (s3.uploads, files.keys()) == ({}, ["o/a.sealed"])
    writer = begin(impatient(bucket), "o/c.sealed")
    with s3.failing(Fault(status=503), only="POST"), pytest.raises(FilesUnreachable):
        writer.finish()
    writer.abandon()
    begin(files, "o/d.sealed").abandon()
    assert (s3.uploads, files.keys()) == ({}, ["o/a.sealed"])


def test_a_service_that_does_not_answer_is_not_waited_for_long(bucket: Settings, s3: S3Service) -> None:
    files = Storage(bucket.model_copy(update={"files_timeout_seconds": 1, "files_retry_seconds": 0}))
    with s3.failing(Fault(seconds=2)), pytest.raises(FilesUnreachable):
        files.put("o/a.sealed", b"1")


def _swallowed(clear: BinaryIO) -> None:
    with contextlib.suppress(Exception):
        clear.read()


def test_who_reads_in_a_library_that_swallows_errors_hears_of_them_in_the_end(bucket: Settings, s3: S3Service) -> None:
    files = impatient(bucket)
    begin(files, "o/a.sealed").finish()

    def read_badly() -> None:
        with files.open("o/a.sealed", key=KEY, record_id=RECORD) as clear, s3.failing(Fault(status=503)):
            _swallowed(clear)

    with pytest.raises(FilesUnreachable):
        read_badly()


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (GenericError("Unable to copy data to file: No space left on device (os error 28)"), FilesFull),
        (OSError("Unable to copy data to file: No space left on device (os error 28)"), FilesFull),
        (GenericError("Unable to open file /d/files/a#1: Read-only file system (os error 30)"), FilesUnreachable),
        (PermissionError(13, "Permission denied"), FilesUnreachable),
    ],
)
def test_a_full_or_closed_disk_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raised: Exception, told: type[FilesError]
) -> None:
    """The words are those of obstore on a full and on a read-only file system."""

    def fail(*_args: object, **_options: object) -> None:
        raise raised

    files = Storage(settings_of_tests(tmp_path))
    monkeypatch.setattr(obstore, "put", fail)
    with pytest.raises(told) as error:
        files.put("o/a.sealed", b"1")
    assert error.value.status == (507 if told is FilesFull else 503)


def test_the_log_says_the_cause_and_no_key(bucket: Settings, s3: S3Service, caplog: pytest.LogCaptureFixture) -> None:
    with s3.failing(Fault(status=403, code="AccessDenied")), pytest.raises(FilesUnreachable):
        Storage(bucket).put("o/a.sealed", b"1")
    assert "AccessDenied" in caplog.text
    assert bucket.files_secret_key.get_secret_value() not in caplog.text


def test_files_that_can_be_kept_pass_the_check_and_leave_nothing(
    files: Storage, bucket: Settings, s3: S3Service
) -> None:
    check_files(bucket)
    check_files(settings_of_tests(bucket.data_dir))
    assert (files.keys(), keys_in(bucket, s3)) == ([], [])


def test_processes_that_start_together_look_whether_files_can_be_kept_without_disturbing_each_other(
    tmp_path: Path,
) -> None:
    settings = settings_of_tests(tmp_path)
    with ThreadPoolExecutor(8) as many:
        list(many.map(check_files, [settings] * 400))
    assert list(Storage(settings).files()) == []


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"files_url": "s3://"}, "EVOKE_FILES_URL"),
        ({"files_url": "https://bucket.example"}, "EVOKE_FILES_URL"),
        ({"files_url": "s3://other/files"}, "EVOKE_FILES_URL: there is no bucket"),
        ({"files_access_key": "somebody"}, "EVOKE_FILES_ACCESS_KEY and EVOKE_FILES_SECRET_KEY"),
        ({"files_access_key": ""}, "EVOKE_FILES_ACCESS_KEY and EVOKE_FILES_SECRET_KEY go together"),
        ({"files_allow_http": False}, "EVOKE_FILES_ENDPOINT"),
        ({"files_endpoint": "http://127.0.0.1:9"}, "EVOKE_FILES_ENDPOINT"),
    ],
    ids=["no bucket named", "no s3", "no such bucket", "wrong key", "no key", "http", "nobody there"],
)
def test_what_cannot_be_used_is_named(bucket: Settings, wrong: dict[str, object], named: str) -> None:
    if os.environ.get("EVOKE_TEST_S3") and "somebody" in wrong.values():
        return  # a double that lets everybody in
    with pytest.raises(SettingsWrong) as told:
        check_files(bucket.model_copy(update=wrong))
    assert named in told.value.message
    assert told.value.message.endswith(".")


@pytest.mark.parametrize(
    ("status", "code", "named"),
    [
        (403, "AccessDenied", "EVOKE_FILES_ACCESS_KEY"),
        (403, "SignatureDoesNotMatch", "EVOKE_FILES_SECRET_KEY"),
        (400, "AuthorizationHeaderMalformed", "EVOKE_FILES_REGION"),
        (503, "SlowDown", "EVOKE_FILES_ENDPOINT"),
    ],
)
def test_what_the_service_answers_leads_to_the_variable(
    bucket: Settings, s3: S3Service, status: int, code: str, named: str
) -> None:
    with s3.failing(Fault(status=status, code=code)), pytest.raises(SettingsWrong, match=named):
        check_files(bucket)


def test_a_missing_bucket_is_no_missing_file(bucket: Settings) -> None:
    """Else everything would look as if it had been deleted."""
    files = Storage(bucket.model_copy(update={"files_url": "s3://other/files"}))
    for ask in (files.read, lambda key: files.rename(key, "b"), lambda key: [*files.files(key)]):
        with pytest.raises(FilesUnreachable):
            ask("a")


def test_nothing_but_names_of_files_errors_travels_from_a_child(tmp_path: Path) -> None:
    for error in (FilesUnreachable(), FilesFull()):
        assert isinstance(files_errors.FILES_ERRORS[error.code](**error.facts), type(error))
    assert storage.open_store(settings_of_tests(tmp_path)) is not None
