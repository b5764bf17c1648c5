"""Whether files can be kept where the settings say, tried out before anything is begun."""

from uuid import uuid4

from models.files_errors import FilesError, cause_of
from models.settings import Settings, SettingsWrong
from models.storage import Storage

_PATIENCE = 5
"""Seconds for which a failed request is tried again here: somebody waits, or whatever starts Evoke tries again."""
_KEYS = "EVOKE_FILES_ACCESS_KEY and EVOKE_FILES_SECRET_KEY (or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)"


def check_files(settings: Settings) -> None:
    """Writes a small file, lists it and deletes it, in a folder of its own: others may start at this moment. Raises
    SettingsWrong, which names the variable."""
    storage = Storage(settings.model_copy(update={"files_retry_seconds": min(_PATIENCE, settings.files_retry_seconds)}))
    folder = f"check-{uuid4()}"
    key = f"{folder}/here"
    try:
        storage.put(key, b"Evoke looks whether it may write here.")
        found = [one.key for one in storage.files(folder)]
        storage.delete_folder(folder) if storage.folder is not None else storage.delete(key)
    except (FilesError, FileNotFoundError) as error:
        raise SettingsWrong(_sentence(settings, error.__cause__ or error)) from error
    if key not in found:
        raise SettingsWrong("EVOKE_FILES_URL: what was written into the bucket is not listed there. Use another.")


def _sentence(settings: Settings, error: BaseException) -> str:
    cause, text = cause_of(error), str(error)
    if not settings.files_url:
        return f"EVOKE_DATA_DIR: files cannot be kept there ({cause}). Give this user the right to it, or make room."
    if cause == "NoSuchBucket":
        return f"EVOKE_FILES_URL: there is no bucket of this name ({settings.files_url}). Make it, or correct the name."
    if "169.254." in text or "credentials" in text:
        return f"{_KEYS} are not set, and this machine has no role that could stand for them."
    if cause in ("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "HTTP 401"):
        return f"{_KEYS}: the S3 service does not know them ({cause}). Correct them."
    if cause in ("AccessDenied", "AllAccessDisabled", "HTTP 403"):
        return f"{_KEYS}: their owner may not write, list and delete in the bucket of EVOKE_FILES_URL ({cause})."
    if cause in ("AuthorizationHeaderMalformed", "PermanentRedirect", "IllegalLocationConstraintException", "HTTP 301"):
        return f"EVOKE_FILES_REGION: the bucket of EVOKE_FILES_URL lies in another region ({cause})."
    if "checksum" in text.lower() and cause != "BadDigest":
        return f"EVOKE_FILES_CHECKSUM: the S3 service does not know this kind of checksum ({cause}). Try another."
    return (
        f"The S3 service of EVOKE_FILES_URL cannot be used ({cause}). Start it, or correct EVOKE_FILES_ENDPOINT."
    )  # fmt: skip
