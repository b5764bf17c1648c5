"""Everything an operator can set, read from the environment (EVOKE_…) or a `.env` file."""

import os
import stat
from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.errors import EvokeError


class SettingsWrong(EvokeError):
    """For the operator: names the variable."""

    status = 500
    code = "settings_wrong"


SHORTEST_TOKEN = 16


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="EVOKE_", env_file=".env", extra="ignore")

    data_dir: Path = Field(default=Path("var"), description="database, files and master key live here")
    database_url: str = Field(default="", description="empty: SQLite in data_dir; else postgresql://…")
    database_pooled: bool = Field(default=False, description="a pooler such as PgBouncer stands before PostgreSQL")
    database_direct_url: str = Field(default="", description="past the pooler, for what needs a connection of its own")
    files_url: str = Field(default="", description="empty: the folder files of data_dir; else s3://bucket/prefix")
    files_endpoint: str = Field(default="", description="address of the S3 service; empty: AWS_ENDPOINT_URL, or Amazon")
    files_region: str = Field(default="", description="empty: AWS_REGION")
    files_access_key: str = Field(default="", description="empty: what AWS_ variables or the machine's role give")
    files_secret_key: SecretStr = SecretStr("")
    files_allow_http: bool = Field(default=False, description="may files go to the S3 service without HTTPS")
    files_checksum: str = Field(default="sha256", pattern="^(sha256|crc64nvme|none)$", description="S3 checks it")
    files_timeout_seconds: int = Field(default=30, ge=1, le=300, description="for one request to the S3 service")
    files_retry_seconds: int = Field(default=20, ge=0, le=240, description="how long a failed request is tried again")
    database_connections: int = Field(default=30, ge=4, le=500, description="most of one process to PostgreSQL")
    master_key: SecretStr = Field(default=SecretStr(""), description="base64 of 32 bytes; empty: a file in data_dir")
    master_key_command: str = Field(default="", description="a command that prints the master key, as a key service's")
    old_master_keys: SecretStr = Field(default=SecretStr(""), description="still open what they wrap; by commas")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    web_processes: int = Field(default=0, ge=0, le=64, description="of the website; 0: one for each core, at most two")
    unready_seconds: int = Field(default=0, ge=0, le=600, description="a website told to stop answers so long still")
    grace_seconds: int = Field(default=5, ge=1, le=600, description="for answers in progress when a website closes")
    secure_cookies: bool = Field(default=False, description="true behind HTTPS")
    site_url: str = Field(default="", description="where people reach it, as links in mail say; empty: host and port")
    smtp_host: str = Field(default="", description="mail server; empty: mail is put into the folder mail of data_dir")
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: str = Field(default="starttls", pattern="^(starttls|tls|none)$")
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    mail_from: str = Field(default="Evoke <evoke@localhost>", description="sender of mail")
    trusted_proxies: str = Field(default="127.0.0.1", description="whose word on who asks and by HTTPS is believed")
    outgoing_allowed: str = Field(
        default="", description="hosts and networks that connections may reach though they are private; by commas"
    )
    sign_in_days: int = Field(default=7, ge=1, le=400, description="a sign-in ends after so long, used or not")
    sign_in_idle_hours: int = Field(default=12, ge=1, description="and when it is not used for so long")
    requests_per_minute: int = Field(default=600, ge=0, description="of one person; 0: as many as they like")
    uploads_per_hour: int = Field(default=240, ge=0, description="of one person; 0: as many as they like")
    open_streams: int = Field(default=500, ge=0, description="programs and pages that listen to progress at once")
    open_streams_of_one: int = Field(default=50, ge=0, description="of them, of one person or program")
    upload_limit_mb: int = Field(default=2048, ge=1, description="largest recording, in MB")
    transcript_limit_mb: int = Field(default=20, ge=1, description="largest transcript file, in MB")
    recording_limit_minutes: int = Field(default=120, ge=1)
    unsent_recording_days: int = Field(default=7, ge=1, description="how long a recording that is not sent is kept")
    name_check_days: int = Field(
        default=14, ge=1, description="how long what a name's stand-in stood for is kept for a check"
    )
    live_session_days: int = Field(
        default=7, ge=1, description="how long what a room wrote in a live session is kept once it is over"
    )
    coder: str = Field(default="", description="folder of a trained coder; empty: what evoke model use chose")
    name_model: str = Field(default="", description="folder of a spaCy pipeline that finds names; empty: rules alone")
    whisper_model: str = Field(default="", description="a model's name or folder; empty: what suits the machine")
    whisper_download: bool = Field(default=False, description="may the worker fetch the named model by itself")
    whisper_device: str = Field(default="auto", pattern=r"^(auto|cpu|cuda(:\d+)?)$", description="cuda:1 is the second")
    whisper_compute_type: str = "default"
    sherpa_models: str = Field(default="", description="folder of models by which sherpa-onnx tells voices apart")
    speech_models: str = Field(default="", description="folder of speech models; empty: in data_dir")
    whisper_language: str = Field(default="en", pattern="^([a-z]{2,3})?$", description="empty: detect")
    ledger_url: str = Field(default="", description="second place of the ledger of deletions: a folder or s3://…")
    backup_key: str = Field(default="", description="public key that backups are sealed to: evoke backup key")
    waiting_recordings: int = Field(default=500, ge=1, description="most that wait, in one organisation")
    job_lease_seconds: int = Field(default=60, ge=5)
    drain_seconds: int = Field(default=10, ge=0, description="a worker that must stop hands its job back after so long")
    log_format: str = Field(
        default="plain", pattern="^(plain|json)$", description="json: an object a line, for programs"
    )
    metrics_token: SecretStr = Field(default=SecretStr(""), description="who sends it may read /metrics")
    metrics_from_loopback: bool = Field(default=False, description="so may whoever asks on this machine itself")

    @field_validator("metrics_token")
    @classmethod
    def _long_enough(cls, token: SecretStr) -> SecretStr:
        if 0 < len(token.get_secret_value()) < SHORTEST_TOKEN:
            raise ValueError(f"It is too easy to guess: make it {SHORTEST_TOKEN} characters or more")
        return token

    @property
    def shows_metrics(self) -> bool:
        return self.metrics_from_loopback or bool(self.metrics_token.get_secret_value())

    @property
    def url(self) -> str:
        """SQLAlchemy address of the database, with the psycopg 3 driver for PostgreSQL."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir.resolve() / 'evoke.sqlite3'}"
        return with_driver(self.database_url)

    @property
    def direct_url(self) -> str:
        """Of the database for a connection that keeps its state, as LISTEN needs one; empty where there is none: on
        SQLite, and behind a pooler that no other address leads past."""
        if not self.database_url or (self.database_pooled and not self.database_direct_url):
            return ""
        return with_driver(self.database_direct_url or self.database_url)

    @property
    def website_threads(self) -> int:
        """That answer requests at once. Few hold two connections to the database at a time; a fifth is left for them,
        so that nobody waits for one who waits. SQLite answers in the thread that asks: more of them only take turns."""
        return 6 if not self.database_url else min(40, self.database_connections * 4 // 5)

    @property
    def websites(self) -> int:
        """Processes of the website under `evoke serve`. One process runs Python on one core at a time, whatever the
        number of its threads; each opens up to `database_connections`, of which a PostgreSQL as delivered has 100."""
        return self.web_processes or min(2, os.cpu_count() or 1)

    @property
    def site(self) -> str:
        """The address of the home page, without a slash at its end."""
        return (self.site_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def speech_models_folder(self) -> Path:
        """Where `evoke speech models` keeps what it fetches and takes."""
        return Path(self.speech_models) if self.speech_models else self.data_dir / "speech-models"

    def open_data_dir(self) -> Path:
        """The folder, made where it is missing, and closed to the machine's other users: transcripts lie in it.

        A folder that is another user's, or everybody's like /tmp, keeps its mode. Raises SettingsWrong.
        """
        folder = self.data_dir
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            state = folder.stat()
            ours = state.st_uid == os.geteuid() and not state.st_mode & stat.S_ISVTX
            if ours and state.st_mode & 0o077:
                folder.chmod(0o700)
        except OSError as error:
            raise SettingsWrong(
                f"EVOKE_DATA_DIR: the folder {folder} cannot be used ({error.strerror}). "
                "Give this user the right to it, or set another."
            ) from error
        return folder

    def as_environment(self) -> dict[str, str]:
        """The variables that make the same settings in a child process, whatever made these."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        values |= {"coder": Path(self.coder).resolve() if self.coder else "", "data_dir": self.data_dir.resolve()}
        values |= {"speech_models": self.speech_models_folder.resolve()}
        values |= {"sherpa_models": Path(self.sherpa_models).resolve() if self.sherpa_models else ""}
        clear = {name: v.get_secret_value() for name, v in values.items() if isinstance(v, SecretStr)}
        return {f"EVOKE_{name.upper()}": str(value) for name, value in (values | clear).items()}


def with_driver(url: str) -> str:
    """The address for SQLAlchemy, with the psycopg 3 driver."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


SECRETS = Path("/run/secrets")
"""Where container engines put what must not stand in the environment."""


def secrets_folder() -> Path | None:
    """Of files that are called like settings, such as `evoke_master_key`: systemd's credentials, else the engine's
    secrets. What stands in the environment goes before them."""
    given = os.environ.get("CREDENTIALS_DIRECTORY")
    folder = Path(given) if given else SECRETS
    return folder if folder.is_dir() else None


@lru_cache
def get_settings() -> Settings:
    """Raises SettingsWrong, which names every variable that cannot be read."""
    try:
        return Settings(_secrets_dir=secrets_folder())  # type: ignore[call-arg]
    except OSError as error:
        raise SettingsWrong(
            f"The secret {error.filename} cannot be read ({error.strerror}). Give this user the right to it."
        ) from None
    except ValidationError as error:
        wrong = [f"EVOKE_{str(item['loc'][0]).upper()}: {item['msg']}." for item in error.errors()]
        raise SettingsWrong(f"{' '.join(wrong)} Correct this in the environment or in .env.") from None
