"""Mail, where there is a mail server; without one, a folder of .eml files that any mail program opens."""

import os
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, parseaddr

from models.errors import EvokeError
from models.settings import Settings

TIMEOUT_SECONDS = 30
FOLDER = "mail"


class MailRefused(EvokeError):
    """Trying again would not help."""

    code = "mail_refused"


@dataclass(frozen=True)
class Mail:
    """`name` is the same when the same mail is sent again, and its file's name in the folder. `unsubscribe` is a link
    that stops such mails, where they can be stopped."""

    name: str
    to: str
    subject: str
    text: str
    unsubscribe: str = ""


def goes_out(settings: Settings) -> bool:
    """Whether mail reaches people's letter boxes by itself."""
    return bool(settings.smtp_host)


def send_mail(mail: Mail, settings: Settings) -> None:
    """Raises MailRefused; OSError or smtplib.SMTPException where the server cannot be reached or is busy."""
    message = _message(mail, settings)
    if goes_out(settings):
        _hand_over(message, settings)
    else:
        _put_into_folder(mail.name, message, settings)


def _message(mail: Mail, settings: Settings) -> EmailMessage:
    message = EmailMessage()
    try:
        message["From"], message["To"], message["Subject"] = settings.mail_from, mail.to, mail.subject
    except ValueError as error:  # a line break or the like in an address
        raise MailRefused("The address cannot be written into a mail. Correct it, then invite again.") from error
    message["Date"] = formatdate()
    domain = parseaddr(settings.mail_from)[1].rpartition("@")[2] or "localhost"
    message["Message-ID"] = f"<{mail.name}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe:  # RFC 2369 and RFC 8058: mail programs show a button of their own
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    return message


def _hand_over(message: EmailMessage, settings: Settings) -> None:
    with _connected(settings) as server:
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            if min(codes) < 500:
                raise  # "not now": the worker tries again
            raise MailRefused(
                f"The mail server does not take mail for this address (it said {min(codes)}). "
                "Check the address, then send the invitation again."
            ) from None


def _connected(settings: Settings) -> smtplib.SMTP:
    where = (settings.smtp_host, settings.smtp_port)
    if settings.smtp_security == "tls":
        return smtplib.SMTP_SSL(*where, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(*where, timeout=TIMEOUT_SECONDS)
    if settings.smtp_security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except Exception:
            server.close()
            raise
    return server


def _put_into_folder(name: str, message: EmailMessage, settings: Settings) -> None:
    folder = settings.open_data_dir() / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{name}.eml"
    unfinished = path.with_suffix(".part")
    with open(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
        file.write(message.as_bytes())
    unfinished.replace(path)
