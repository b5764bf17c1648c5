"""Mail to a real server on this machine, and into the folder where there is none."""

import socket
import threading
from email import message_from_bytes, message_from_string
from email.policy import default
from pathlib import Path

import pytest

from models.mail import Mail, MailRefused, send_mail
from models.settings import Settings

MAIL = Mail(
    "invitation-1", "zoe@example.org", "Your invitation from Ferndale – Zoë", "Open http://evoke.test/join/abc\n"
)


class LetterBox(threading.Thread):
    """Speaks enough SMTP to take one mail. `answers` are its replies to RCPT."""

    def __init__(self, answer: str = "250 fine") -> None:
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.answer = answer
        self.said: list[str] = []
        self.mail = ""
        self.start()

    def run(self) -> None:
        connection, _ = self.listener.accept()
        with connection, connection.makefile("rw", newline="\r\n", encoding="utf-8") as line:
            self._reply(line, "220 here")
            while command := line.readline().strip():
                self.said.append(command)
                verb = command.split(":")[0].split(" ")[0].upper()
                if verb == "DATA":
                    self._reply(line, "354 go on")
                    self.mail = "".join(iter(line.readline, ".\r\n"))
                    self._reply(line, "250 taken")
                elif verb == "QUIT":
                    self._reply(line, "221 bye")
                    return
                else:
                    self._reply(line, self.answer if verb == "RCPT" else "250 fine")

    def _reply(self, line, text: str) -> None:  # type: ignore[no-untyped-def]
        line.write(text + "\r\n")
        line.flush()


def settings_for(folder: Path, **values: object) -> Settings:
    return Settings(_env_file=None, data_dir=folder, **values)


def test_a_mail_reaches_the_server(tmp_path: Path) -> None:
    box = LetterBox()
    settings = settings_for(
        tmp_path, smtp_host="127.0.0.1", smtp_port=box.port, smtp_security="none", mail_from="Evoke <evoke@example.org>"
    )
    send_mail(MAIL, settings)
    box.join(10)
    mail = message_from_string(box.mail, policy=default)
    assert mail["Subject"] == MAIL.subject
    assert mail["To"] == "zoe@example.org"
    assert mail["Message-ID"] == "<invitation-1@example.org>"
    assert "http://evoke.test/join/abc" in mail.get_content()
    assert not (tmp_path / "mail").exists()


def test_a_refused_address_is_told_and_a_busy_server_tried_again(tmp_path: Path) -> None:
    for answer, expected in (("550 nobody", MailRefused), ("450 later", Exception)):
        box = LetterBox(answer)
        settings = settings_for(tmp_path, smtp_host="127.0.0.1", smtp_port=box.port, smtp_security="none")
        with pytest.raises(expected) as told:
            send_mail(MAIL, settings)
        assert isinstance(told.value, MailRefused) == (answer[0] == "5")


def test_no_password_goes_to_a_server_without_encryption_unless_told_so(tmp_path: Path) -> None:
    box = LetterBox()
    settings = settings_for(
        tmp_path, smtp_host="127.0.0.1", smtp_port=box.port, smtp_user="evoke", smtp_password="a secret word"
    )
    with pytest.raises(Exception, match="STARTTLS"):
        send_mail(MAIL, settings)
    box.join(10)
    assert not any("secret" in said or said.startswith("AUTH") for said in box.said)


def test_without_a_server_it_lies_in_a_folder_once(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    for _ in range(2):
        send_mail(MAIL, settings)
    (file,) = (tmp_path / "mail").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert message_from_bytes(file.read_bytes(), policy=default).get_content() == MAIL.text


def test_an_address_that_breaks_the_mail_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MailRefused):
        send_mail(Mail("x", "a@b.example\nBcc: all@b.example", "s", "t"), settings_for(tmp_path))


def test_child_processes_get_the_secrets_of_the_settings(tmp_path: Path) -> None:
    given = settings_for(tmp_path, smtp_password="a secret word").as_environment()
    assert given["EVOKE_SMTP_PASSWORD"] == "a secret word"
    assert "a secret word" not in repr(settings_for(tmp_path, smtp_password="a secret word"))
