"""Where the server listens, and what is said when it cannot."""

import socket
from collections.abc import Iterator

import pytest

from techfloor.cli.listening import Address, answers, check_free, resolve
from techfloor.cli.steps import StepError


@pytest.fixture
def taken() -> Iterator[Address]:
    """A port of this machine that another program listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield Address("127.0.0.1", other.getsockname()[1])


def test_a_port_in_use_is_named_with_another_to_take(taken: Address) -> None:
    with pytest.raises(
        StepError, match=f"^Port {taken.port} is in use by another program. Take another: --port "
    ) as refused:
        check_free(taken)
    check_free(Address(taken.host, int(str(refused.value).rpartition(" ")[2])))


def test_a_port_taken_on_one_address_is_taken_on_all_of_them(taken: Address) -> None:
    with pytest.raises(StepError, match="is in use"):
        check_free(Address("0.0.0.0", taken.port))


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(StepError, match=r"192\.0\.2\.7 is not an address of this machine"):
        check_free(Address("192.0.2.7", 8080))


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_that_does_not_exist_is_refused(port: int) -> None:
    with pytest.raises(StepError, match=f"There is no port {port}:"):
        resolve("127.0.0.1", port)


def test_an_unknown_host_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_words: object, **_named: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(StepError, match="no machine called “shopfloor”"):
        resolve("shopfloor", 8080)


@pytest.mark.parametrize(
    ("host", "url", "is_loopback"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080", True),
        ("0.0.0.0", "http://127.0.0.1:8080", False),
        ("::", "http://[::1]:8080", False),
        ("192.0.2.7", "http://192.0.2.7:8080", False),
    ],
)
def test_the_url_is_one_this_machine_can_open(host: str, url: str, is_loopback: bool) -> None:
    address = resolve(host, 8080)
    assert (address.url, address.is_loopback) == (url, is_loopback)


def test_the_url_for_tablets_names_no_address_that_stands_for_all() -> None:
    assert Address("192.0.2.7", 8080).lan_url == "http://192.0.2.7:8080"
    assert "0.0.0.0" not in Address("0.0.0.0", 8080).lan_url


def test_a_closed_port_does_not_answer() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert not answers(Address("127.0.0.1", free.getsockname()[1]))
