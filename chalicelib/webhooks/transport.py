"""One POST to an address that somebody else chose.

Whoever names the address could name one inside our own network. So the name is resolved here, every address it has must be public, and the
connection goes to an address that was looked at: a name that resolves to something else a moment later leads nowhere. The certificate
must be that of the name. A redirection is an answer, not a way to go; of what is answered nothing is used but the status.

However slowly the other side speaks, it is over after `answer_seconds`: a watch shuts the connection, since the socket's own time-out
begins anew with each byte. Only addresses that do not answer at all may take longer, `connect_seconds` each.

Weakest point: the resolver has no time-out of ours; its own end it.
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
from chalicelib.webhooks.rules import Answer, answer_of, is_public

MOST_ADDRESSES = 3  # of one name, that are tried
MOST_READ = 4096  # bytes of an answer, so that the other side is done with writing

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
) -> Answer:
    """What came of it; raises nothing that the other side can bring about."""
    parts = urlsplit(url)
    encrypted = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if encrypted else 80)
    try:
        addresses = resolve(host, port)
    except (OSError, UnicodeError):
        return Answer(error="no_address")
    if not figures.private_networks and not (encrypted and all(map(is_public, addresses))):
        return Answer(error="address_not_public")
    connection = _Pinned(host, port, addresses[:MOST_ADDRESSES], figures, certificates() if encrypted else None)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _exchanged(connection, target, headers, body, figures.answer_seconds)


def _exchanged(connection: "_Pinned", target: str, headers: Mapping[str, str], body: bytes, seconds: float) -> Answer:
    watch = Timer(seconds, connection.shut)
    watch.daemon = True
    try:
        watch.start()
        connection.connect()
        connection.request("POST", target, body, {**headers, "Connection": "close"})
        answer = connection.getresponse()
    except OSError as failed:
        if connection.was_shut or isinstance(failed, TimeoutError):
            return Answer(error="timeout")
        return Answer(error="tls" if isinstance(failed, ssl.SSLError) else "no_connection")
    except (HTTPException, ValueError):
        return Answer(error="timeout" if connection.was_shut else "bad_answer")
    else:
        if connection.was_shut:
            return Answer(error="timeout")  # an answer that breaks off looks whole to the parser
        # The status is there, and nothing else counts.
        with suppress(OSError, HTTPException):
            answer.read(MOST_READ)
        return answer_of(answer.status)
    finally:
        watch.cancel()
        connection.close()


class _Pinned(HTTPConnection):
    """A connection to one of these addresses and no other, whatever the name in its header and its certificate."""

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
        opened = self._reached()
        opened.settimeout(self._answer_seconds)
        if self._certificates:
            # The handshake apart, so that the watch can end it.
            opened = self._certificates.wrap_socket(opened, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock = self._opened = opened
        if self.was_shut:
            raise TimeoutError
        if isinstance(opened, ssl.SSLSocket):
            opened.do_handshake()

    def _reached(self) -> socket.socket:
        failed: OSError | None = None
        for address in self._addresses:
            try:
                return socket.create_connection((address, self.port), self.timeout)
            except OSError as again:
                failed = again
        raise failed or OSError("no address")

    def shut(self) -> None:
        """From another thread: whoever waits for this connection gets its end."""
        self.was_shut = True
        if self._opened is not None:
            # Past TLS, which would say goodbye first. It may have ended by itself.
            with suppress(OSError):
                socket.socket.shutdown(self._opened, socket.SHUT_RDWR)
