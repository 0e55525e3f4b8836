"""The web server's own process: what a client may do to it."""

import os
import socket
import struct
from types import SimpleNamespace

import pytest

from backend.cli.web_process import SILENT_S, give_up_on_silent_clients


@pytest.mark.skipif(os.name == "nt", reason="waitress reads slow clients without a thread for each")
@pytest.mark.parametrize("option", [socket.SO_RCVTIMEO, socket.SO_SNDTIMEO], ids=["reading", "writing"])
def test_a_client_that_falls_silent_does_not_hold_a_thread_for_ever(option: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        give_up_on_silent_clients(SimpleNamespace(LISTENERS=[SimpleNamespace(sock=listener)]))

        with socket.create_connection(listener.getsockname()):
            accepted, _ = listener.accept()
            with accepted:
                seconds, _ = struct.unpack("ll", accepted.getsockopt(socket.SOL_SOCKET, option, 16))

    assert seconds == SILENT_S
