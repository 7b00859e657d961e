"""What the limits rely on in uvicorn: an upgrade that changes it fails here first."""

import asyncio
import inspect

import h11
import pytest
import uvicorn
from uvicorn.protocols.http import flow_control, h11_impl, httptools_impl
from uvicorn.server import ServerState

PROTOCOLS = [httptools_impl.HttpToolsProtocol, h11_impl.H11Protocol]
CALLED = (
    *("connection_made", "connection_lost", "data_received", "on_response_complete", "send_400_response", "shutdown"),
    *("pause_writing", "resume_writing", "_unsupported_upgrade_warning"),
)
OF_ONE = {
    httptools_impl.HttpToolsProtocol: (
        *("on_headers_complete", "on_body", "on_message_complete"),
        *("_should_upgrade", "handle_websocket_upgrade"),
    ),
    h11_impl.H11Protocol: ("handle_events",),
}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_protocol_has_what_is_overridden(protocol: type[asyncio.Protocol]) -> None:
    assert {name for name in (*CALLED, *OF_ONE[protocol]) if name not in vars(protocol)} == set()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_connection_has_what_is_used(protocol: type[httptools_impl.HttpToolsProtocol]) -> None:
    async def app(_scope: object, _receive: object, _send: object) -> None:
        """Never called."""

    loop = asyncio.new_event_loop()
    config = uvicorn.Config(app, log_config=None)
    made = protocol(config, ServerState(), {}, loop)
    loop.close()
    used = (
        "config",
        "server_state",
        "app_state",
        "connections",
        "loop",
        "transport",
        "flow",
        "cycle",
        "scope",
        "headers",
    )
    assert {name for name in used if not hasattr(made, name)} == set()


@pytest.mark.parametrize("module", [httptools_impl, h11_impl])
def test_cycle_has_what_is_used(module: object) -> None:
    cycle = vars(module)["RequestResponseCycle"]
    source = inspect.getsource(cycle)
    # Set by the limits, and read by uvicorn when it writes: the state of an answer, and the headers of each.
    for use in ("self.default_headers + list(", "if self.disconnected:\n            return", "self.keep_alive"):
        assert use in source
    for name in ("scope", "message_event", "response_started", "response_complete"):
        assert f"self.{name} = " in source
    assert flow_control.CLOSE_HEADER == (b"connection", b"close")


def test_server_has_what_is_overridden() -> None:
    assert {"startup", "handle_exit", "on_tick", "shutdown"} <= set(vars(uvicorn.Server))
    server = uvicorn.Server(uvicorn.Config("app", log_config=None))
    assert server._captured_signals == []
    # The sweep of the limits is part of the tick, which uvicorn calls ten times a second.
    assert "await asyncio.sleep(0.1)\n            should_exit = await self.on_tick(counter)" in inspect.getsource(
        uvicorn.Server.main_loop
    )


def test_h11_has_what_is_used() -> None:
    """A line end before a request is taken out of the buffer of h11."""
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(b"\r\nGET")
    assert connection._receive_buffer.is_next_line_obviously_invalid_request_line()
    assert connection._receive_buffer._extract(2) == b"\r\n"
    assert bytes(connection._receive_buffer) == b"GET"
    assert "event = self.conn.next_event()" in inspect.getsource(h11_impl.H11Protocol.handle_events)
