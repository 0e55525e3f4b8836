"""A web server of files on this machine that can be told to behave badly, one request at a time."""

import datetime
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PIECE_BYTES = 4096


@dataclass
class FileServer:
    """What it serves, how it behaves, and what it was asked.

    statuses: answered first, one a request, before anything else is
    cut_after: bytes of each answer's body after which the line is cut, one a request; None = whole
    """

    files: dict[str, bytes] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)
    cut_after: list[int | None] = field(default_factory=list)
    redirects: dict[str, str] = field(default_factory=dict)
    odd_headers: dict[str, str] = field(default_factory=dict)  # sent first, with every answer
    etag: str | None = '"one"'
    knows_ranges: bool = True
    knows_if_range: bool = True
    says_length: bool = True
    pause_s: float = 0.0  # after each piece of PIECE_BYTES
    asked: list[tuple[str, str | None]] = field(default_factory=list)  # path, Range
    sent_bytes: int = 0
    address: str = ""
    certificate: Path | None = None  # PEM with its key: the server then speaks TLS

    def url(self, name: str) -> str:
        return f"{self.address}/{name}"


@contextmanager
def serving(**behaviour: object) -> Iterator[FileServer]:
    """A running server. As long as it runs no proxy stands between it and this process and its children."""
    shown = FileServer(**behaviour)  # type: ignore[arg-type]  # the caller's own words

    class Handler(_Handler):
        server_state = shown

    with pytest.MonkeyPatch.context() as patch, ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        patch.setenv("no_proxy", "*")
        server.daemon_threads = True
        if shown.certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(shown.certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        shown.address = f"http{'s' if shown.certificate else ''}://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield shown
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    server_state: FileServer

    def do_GET(self) -> None:
        state = self.server_state
        asked_range = self.headers.get("Range")
        state.asked.append((self.path, asked_range))
        name = self.path.lstrip("/")
        if state.statuses:
            self._nothing(state.statuses.pop(0))
        elif name in state.redirects:
            self._nothing(302, location=state.redirects[name])
        elif name not in state.files:
            self._nothing(404)
        else:
            self._send(state, state.files[name], asked_range)

    def _send(self, state: FileServer, content: bytes, asked_range: str | None) -> None:
        start = 0
        is_same = not state.knows_if_range or self.headers.get("If-Range") in (None, state.etag)
        if asked_range is not None and state.knows_ranges and is_same:
            start = int(asked_range.removeprefix("bytes=").removesuffix("-"))
            if start >= len(content):
                self._nothing(416, content_range=f"bytes */{len(content)}")
                return
        self._begin(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if state.etag is not None:
            self.send_header("ETag", state.etag)
        if state.says_length:
            self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        most = state.cut_after.pop(0) if state.cut_after else None
        self._write(state, content[start:][:most])

    def _begin(self, status: int) -> None:
        self.send_response(status)
        for name, value in self.server_state.odd_headers.items():
            self.send_header(name, value)

    def _write(self, state: FileServer, body: bytes) -> None:
        try:
            for at in range(0, len(body), PIECE_BYTES):
                piece = body[at : at + PIECE_BYTES]
                self.wfile.write(piece)
                state.sent_bytes += len(piece)
                if state.pause_s:
                    time.sleep(state.pause_s)
        except OSError:  # the caller has gone
            return

    def _nothing(self, status: int, *, location: str = "", content_range: str = "") -> None:
        self._begin(status)
        if location:
            self.send_header("Location", location)
        if content_range:
            self.send_header("Content-Range", content_range)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def handle(self) -> None:
        with suppress(OSError):  # a caller who goes away, or trusts no certificate of ours
            super().handle()

    def log_message(self, format: str, *args: object) -> None:
        pass


def a_self_signed_certificate(folder: Path) -> Path:
    """A certificate for this machine and its key, which nobody trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
