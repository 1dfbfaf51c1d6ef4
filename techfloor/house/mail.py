"""Sending one e-mail by the plant's mail server."""

import smtplib
import ssl
from email.message import EmailMessage

from techfloor.settings import SMTP_PORTS, Settings

PATIENCE = 20.0
"""Seconds until a mail server that says nothing counts as away."""


class NotSent(Exception):
    """The mail server did not take the message; it may be sent again."""


class Away(NotSent):
    """The mail server could not be reached, or did not let techfloor in: it would take no other message either."""


class PerhapsSent(Exception):
    """The connection broke while the message was handed over: nobody knows whether it was taken."""


def send(settings: Settings, message: EmailMessage) -> None:
    """Send a message; raises NotSent, Away where the server cannot be reached, or PerhapsSent."""
    try:
        server = _connected(settings)
    except (OSError, smtplib.SMTPException) as error:
        raise Away(_words(error)) from error
    with server:
        try:
            server.send_message(message)
        except smtplib.SMTPServerDisconnected as error:
            raise PerhapsSent(_words(error)) from error
        except smtplib.SMTPException as error:
            raise NotSent(_words(error)) from error
        except OSError as error:
            raise PerhapsSent(_words(error)) from error


def _connected(settings: Settings) -> smtplib.SMTP:
    port = settings.smtp_port or SMTP_PORTS[settings.smtp_security]
    trusted = ssl.create_default_context()
    server: smtplib.SMTP
    if settings.smtp_security == "tls":
        server = smtplib.SMTP_SSL(settings.smtp_host, port, timeout=PATIENCE, context=trusted)
    else:
        server = smtplib.SMTP(settings.smtp_host, port, timeout=PATIENCE)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=trusted)
        if settings.smtp_user:
            secret = settings.instance / settings.smtp_password_file
            server.login(settings.smtp_user, secret.read_text("utf-8").strip())
    except BaseException:
        server.close()
        raise
    return server


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_text(said)}" for code, said in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error) or type(error).__name__


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
