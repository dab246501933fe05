"""One POST to an address that a distributor chose.

The address could lie inside our own network. So the name is resolved here, all its addresses must be public, and the connection goes to a
checked address: a name that resolves differently a moment later leads nowhere. The certificate must match the name. Redirections are not
followed, and only the status of an answer is used.

A watch shuts the connection after `answer_seconds`, however slowly the receiver answers: the time-out of a socket restarts with each byte.
Only addresses that do not answer at all may take longer, `connect_seconds` each.

Weakest point: the resolver has only its own time-out.
"""

import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from http.client import HTTPConnection, HTTPException
from threading import Timer
from urllib.parse import urlsplit

from chalicelib.webhooks.config import Webhooks
from chalicelib.webhooks.rules import PostResult, is_public, result_of

MOST_ADDRESSES = 3  # tried for one name
MOST_READ = 4096  # bytes of an answer, so that the receiver can finish writing

Resolve = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> list[str]:
    """All addresses of the name. Raises OSError for a name that has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    return ssl.create_default_context()


def post(
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    figures: Webhooks,
    *,
    resolve: Resolve = resolve,
    certificates: Callable[[], ssl.SSLContext] = _certificates,
) -> PostResult:
    """Posts the body; every failure of the receiver is a result, not an exception."""
    parts = urlsplit(url)
    encrypted = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if encrypted else 80)
    try:
        addresses = resolve(host, port)
    except (OSError, UnicodeError):
        return PostResult(error="no_address")
    if not figures.private_networks and not (encrypted and all(map(is_public, addresses))):
        return PostResult(error="address_not_public")
    connection = _Pinned(host, port, addresses[:MOST_ADDRESSES], figures, certificates() if encrypted else None)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _exchange(connection, target, headers, body, figures.answer_seconds)


def _exchange(
    connection: "_Pinned", target: str, headers: Mapping[str, str], body: bytes, seconds: float
) -> PostResult:
    watch = Timer(seconds, connection.shut)
    watch.daemon = True
    try:
        watch.start()
        connection.connect()
        connection.request("POST", target, body, {**headers, "Connection": "close"})
        answer = connection.getresponse()
    except OSError as failed:
        if connection.was_shut or isinstance(failed, TimeoutError):
            return PostResult(error="timeout")
        return PostResult(error="tls" if isinstance(failed, ssl.SSLError) else "no_connection")
    except (HTTPException, ValueError):
        return PostResult(error="timeout" if connection.was_shut else "bad_answer")
    else:
        if connection.was_shut:
            return PostResult(error="timeout")  # an answer that breaks off looks whole to the parser
        # The status is there, and nothing else counts.
        with suppress(OSError, HTTPException):
            answer.read(MOST_READ)
        return result_of(answer.status)
    finally:
        watch.cancel()
        connection.close()


class _Pinned(HTTPConnection):
    """A connection to one of these addresses only; the name serves for the header and the certificate."""

    def __init__(
        self, host: str, port: int, addresses: Sequence[str], figures: Webhooks, certificates: ssl.SSLContext | None
    ) -> None:
        super().__init__(host, port, timeout=figures.connect_seconds)
        self.default_port = 443 if certificates else 80  # left out of the header
        self.was_shut = False
        self._opened: socket.socket | None = None
        self._addresses = addresses
        self._certificates = certificates
        self._answer_seconds = figures.answer_seconds

    def connect(self) -> None:
        opened = self._open_socket()
        opened.settimeout(self._answer_seconds)
        if self._certificates:
            # A separate handshake, so that the watch can end it.
            opened = self._certificates.wrap_socket(opened, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock = self._opened = opened
        if self.was_shut:
            raise TimeoutError
        if isinstance(opened, ssl.SSLSocket):
            opened.do_handshake()

    def _open_socket(self) -> socket.socket:
        failed: OSError | None = None
        for address in self._addresses:
            try:
                return socket.create_connection((address, self.port), self.timeout)
            except OSError as again:
                failed = again
        raise failed or OSError("no address")

    def shut(self) -> None:
        """Ends the connection from another thread."""
        self.was_shut = True
        if self._opened is not None:
            # Below TLS, which would send its own end first. The connection may have ended by itself.
            with suppress(OSError):
                socket.socket.shutdown(self._opened, socket.SHUT_RDWR)
