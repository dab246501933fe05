"""One POST: where it goes, where it refuses to go, and that it ends."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chalicelib.webhooks.config import Webhooks
from chalicelib.webhooks.rules import PostResult
from chalicelib.webhooks.transport import post

PRIVATE = Webhooks(private_networks=True, connect_seconds=1, answer_seconds=20)
PUBLIC = Webhooks()
HERE = "127.0.0.1"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

Say = Callable[[socket.socket], None]


@contextmanager
def listening(say: Say, certificate: ssl.SSLContext | None = None) -> Iterator[tuple[int, list[bytes]]]:
    """A server for one request: its port, and what it was sent."""
    heard: list[bytes] = []
    server = socket.create_server((HERE, 0))
    server.settimeout(60)

    def serve() -> None:
        try:
            connection, _ = server.accept()
            with certificate.wrap_socket(connection, server_side=True) if certificate else connection as speaking:
                speaking.settimeout(60)
                while b"\r\n\r\n{}" not in b"".join(heard):
                    if not (more := speaking.recv(65536)):
                        return
                    heard.append(more)
                say(speaking)
        except OSError:
            pass  # the other side went away

    thread = Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1], heard
    finally:
        server.close()
        thread.join(5)


def at_home(host: str, port: int) -> Sequence[str]:
    return [HERE]


def test_a_message_arrives_as_it_was_signed() -> None:
    with listening(lambda speaking: speaking.sendall(OK)) as (port, heard):
        answer = post(
            f"http://erp.example:{port}/hooks?club=1", {"webhook-id": "msg_1"}, b"{}", PRIVATE, resolve=at_home
        )
    assert answer == PostResult(200)
    head, _, body = b"".join(heard).partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hooks?club=1 HTTP/1.1\r\n")
    assert f"host: erp.example:{port}".encode() in head.lower()
    assert b"webhook-id: msg_1" in head
    assert body == b"{}"


@pytest.mark.parametrize(
    ("url", "addresses"),
    [
        ("https://erp.example", ["10.0.0.7"]),
        ("https://erp.example", ["8.8.8.8", "10.0.0.7"]),  # any of them could be the one
        ("https://169.254.169.254/latest/meta-data", ["169.254.169.254"]),
        ("https://[::1]", ["::1"]),
        ("http://erp.example", ["8.8.8.8"]),
    ],
)
def test_a_name_that_leads_into_a_private_network_is_not_called(url: str, addresses: list[str]) -> None:
    assert post(url, {}, b"{}", PUBLIC, resolve=lambda host, port: addresses) == PostResult(error="address_not_public")


def test_the_connection_goes_to_the_address_that_was_looked_at() -> None:
    """A name that says something else when it is asked again (DNS rebinding) is not asked again."""
    answers = iter([[HERE]])
    with listening(lambda speaking: speaking.sendall(OK)) as (port, _):
        answer = post(f"http://rebinding.invalid:{port}", {}, b"{}", PRIVATE, resolve=lambda host, port: next(answers))
    assert answer == PostResult(200)


def test_a_redirection_is_an_answer_and_not_a_way_to_go() -> None:
    moved = b"HTTP/1.1 307 Moved\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    with listening(lambda speaking: speaking.sendall(moved)) as (port, _):
        assert post(f"http://erp.example:{port}", {}, b"{}", PRIVATE, resolve=at_home) == PostResult(307, "status")


def test_a_long_answer_is_not_read_to_its_end() -> None:
    def endless(speaking: socket.socket) -> None:
        speaking.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            speaking.sendall(b"x" * 65536)

    with listening(endless) as (port, _):
        assert post(f"http://erp.example:{port}", {}, b"{}", PRIVATE, resolve=at_home) == PostResult(200)


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: "])
def test_whoever_speaks_slowly_is_left_in_time(head: bytes) -> None:
    """Each byte would start the socket's own time-out anew."""

    def drip(speaking: socket.socket) -> None:
        speaking.sendall(head)
        while True:
            time.sleep(0.1)
            speaking.sendall(b"x")

    figures = PRIVATE.model_copy(update={"answer_seconds": 0.5})
    with listening(drip) as (port, _):
        assert post(f"http://erp.example:{port}", {}, b"{}", figures, resolve=at_home) == PostResult(error="timeout")


def test_what_is_no_http_is_no_answer() -> None:
    with listening(lambda speaking: speaking.sendall(b"hello\r\n\r\n")) as (port, _):
        assert post(f"http://erp.example:{port}", {}, b"{}", PRIVATE, resolve=at_home) == PostResult(error="bad_answer")
    with listening(lambda speaking: None) as (port, _):
        assert post(f"http://erp.example:{port}", {}, b"{}", PRIVATE, resolve=at_home).error in (
            "bad_answer",
            "no_connection",
        )


def test_nobody_there_is_no_connection_and_no_name_is_no_address() -> None:
    with socket.create_server((HERE, 0)) as server:
        port = server.getsockname()[1]
    assert post(f"http://erp.example:{port}", {}, b"{}", PRIVATE, resolve=at_home) == PostResult(error="no_connection")

    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror

    assert post("https://nobody.invalid", {}, b"{}", PUBLIC, resolve=unknown) == PostResult(error="no_address")


# --- encrypted --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Of erp.example: for the server, and for a client that trusts whoever signed it."""
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    _write(file, "erp.example")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=file)


def _write(file: Path, name: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + made.public_bytes(pem))


@pytest.mark.parametrize(
    ("host", "trusted", "wanted"),
    [
        ("erp.example", True, PostResult(200)),
        ("other.example", True, PostResult(error="tls")),
        ("erp.example", False, PostResult(error="tls")),
    ],
)
def test_the_certificate_must_be_that_of_the_name_although_an_address_is_called(
    certificate: tuple[ssl.SSLContext, ssl.SSLContext], host: str, trusted: bool, wanted: PostResult
) -> None:
    server, client = certificate
    strict = client if trusted else ssl.create_default_context()
    with listening(lambda speaking: speaking.sendall(OK), server) as (port, _):
        url = f"https://{host}:{port}/hooks"
        assert post(url, {}, b"{}", PRIVATE, resolve=at_home, certificates=lambda: strict) == wanted


def test_a_handshake_that_does_not_end_is_left_in_time() -> None:
    figures = PRIVATE.model_copy(update={"answer_seconds": 0.5})
    with socket.create_server((HERE, 0)) as server:
        url = f"https://erp.example:{server.getsockname()[1]}"
        assert post(url, {}, b"{}", figures, resolve=at_home) == PostResult(error="timeout")
