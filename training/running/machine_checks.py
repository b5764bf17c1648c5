"""What `evoke doctor` looks at of this machine: models, decoding, port, mail server, HTTPS, limits."""

import contextlib
import io
import resource
import smtplib
import socket

from models.mail import goes_out
from models.settings import Settings
from training.running.check import Check, State, ok

SECONDS = 3.0


def coder(settings: Settings) -> Check:
    from coding.coder.in_use import coder_in_use
    from coding.coder.shelf import looked_at

    found = looked_at(coder_in_use(settings))
    if found.problem:
        return Check(
            "coder", State.BROKEN, found.problem, "Choose another: `evoke model list`, `evoke model use NAME`."
        )
    return ok("coder", f"The coder {found.version} loads.")


def speech(settings: Settings, *, thorough: bool) -> Check:
    from coding.speech.errors import SpeechModelMissing
    from coding.speech.hearing_process import HearingProcess
    from coding.speech.ready import speech_ready

    found = speech_ready(settings)
    if not found.ready:
        return Check(
            "speech", State.LOOK, "Recordings cannot be written down. " + found.problem, "Transcripts can be coded."
        )
    if not thorough:
        return ok("speech", "A speech model is there. (`evoke doctor --thorough` loads it.)")
    process = HearingProcess(settings.as_environment(), device=settings.whisper_device)
    try:
        process.load()
        return ok("speech", f"The speech model loads on {process.usable} and takes {process.memory / 1e6:,.0f} MB.")
    except SpeechModelMissing as error:
        return Check("speech", State.BROKEN, str(error.facts["what"]), str(error.facts["do"]))
    finally:
        process.end()


def decoding() -> Check:
    """A tenth of a second of silence, packed as a recording and unpacked again."""
    import av
    import numpy as np

    packed = io.BytesIO()
    with av.open(packed, "w", format="ogg") as out:
        stream = out.add_stream("libopus", rate=48_000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4800), dtype=np.int16), format="s16", layout="mono")
        frame.sample_rate = 48_000
        for packet in (*stream.encode(frame), *stream.encode(None)):
            out.mux(packet)
    packed.seek(0)
    samples = 0
    with av.open(packed, "r") as read:
        for one in read.decode(audio=0):
            samples += one.samples
    if samples < 4000:
        return Check("decoding", State.BROKEN, "Recordings cannot be decoded.", "Install Evoke anew: PyAV is damaged.")
    return ok("decoding", "Recordings can be decoded.")


def port(settings: Settings) -> Check:
    host = settings.host if settings.host not in ("0.0.0.0", "::") else "127.0.0.1"  # noqa: S104  compared, not bound
    try:
        asked = socket.create_connection((host, settings.port), SECONDS)
    except OSError:
        return ok("port", f"Nothing listens on port {settings.port}; `evoke serve` can.")
    answer = b""
    with asked, contextlib.suppress(OSError):
        asked.sendall(b"GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        answer = asked.recv(64)
    if answer.startswith(b"HTTP/1.1 200"):
        return ok("port", f"Evoke answers on port {settings.port}.")
    return Check(
        "port", State.LOOK, f"Something listens on port {settings.port} that does not answer as Evoke does.",
        "Stop it, or set `EVOKE_PORT`.",
    )  # fmt: skip


def mail(settings: Settings) -> Check:
    if not goes_out(settings):
        return Check(
            "mail_server", State.LOOK, "There is no mail server: mail is put into the folder mail of the data folder.",
            "Set `EVOKE_SMTP_HOST`, if people are to get it.",
        )  # fmt: skip
    kind = smtplib.SMTP_SSL if settings.smtp_security == "tls" else smtplib.SMTP
    try:
        with kind(settings.smtp_host, settings.smtp_port, timeout=SECONDS) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return Check(
            "mail_server", State.BROKEN, f"The mail server does not answer ({type(error).__name__}).",
            "Look at it, or correct `EVOKE_SMTP_HOST`, `EVOKE_SMTP_PORT` and `EVOKE_SMTP_SECURITY`.",
        )  # fmt: skip
    return ok("mail_server", "The mail server answers.")


def cookies(settings: Settings) -> Check:
    if settings.site.startswith("https://") and not settings.secure_cookies:
        return Check(
            "cookies", State.LOOK, "People come by HTTPS, and the cookie of their sign-in is sent without it too.",
            "Set `EVOKE_SECURE_COOKIES` to true.",
        )  # fmt: skip
    if settings.host not in ("127.0.0.1", "::1", "localhost") and not settings.site.startswith("https://"):
        return Check(
            "cookies", State.LOOK, "Evoke can be reached from other machines without HTTPS.",
            "Put a proxy with HTTPS before it, and set `EVOKE_SITE_URL` to its address.",
        )  # fmt: skip
    return ok("cookies", "Pages come by HTTPS, or to this machine alone.")


def open_files(settings: Settings) -> Check:
    most, needed = resource.getrlimit(resource.RLIMIT_NOFILE)[0], settings.open_streams + 300
    if most != resource.RLIM_INFINITY and most < needed:
        return Check(
            "open_files", State.LOOK, f"A process may open {most} files, and a website may need {needed}.",
            f"Raise the limit (`ulimit -n {needed}`, or LimitNOFILE of its unit), or lower `EVOKE_OPEN_STREAMS`.",
        )  # fmt: skip
    return ok("open_files", f"A process may open {most if most >= 0 else 'any number of'} files.")
