"""Where the server listens: its address, whether the port is free, how a tablet gets there, if it answers."""

import errno
import http.client
import ipaddress
import os
import socket
from dataclasses import dataclass

from techfloor.cli.steps import StepError

SEARCHED_PORTS = 50


@dataclass(frozen=True)
class Address:
    """A numeric address and a port of this machine."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Tell whether only this machine can reach it."""
        return ipaddress.ip_address(self.host).is_loopback

    @property
    def near(self) -> str:
        """The host as this machine reaches it: every address includes the loopback one."""
        if ipaddress.ip_address(self.host).is_unspecified:
            return "::1" if ":" in self.host else "127.0.0.1"
        return self.host

    @property
    def url(self) -> str:
        """The address to open on this machine."""
        return _url(self.near, self.port)

    @property
    def lan_url(self) -> str:
        """The address to open on another machine of the same network."""
        is_every = ipaddress.ip_address(self.host).is_unspecified
        return _url(_own_address() if is_every else self.host, self.port)


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _own_address() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("192.0.2.1", 9))  # Nothing is sent: the system only picks the way out.
        except OSError:
            return socket.gethostname()
        address: str = asked.getsockname()[0]
        return address


def resolve(host: str, port: int) -> Address:
    """Turn a host name or number into an address; raises StepError when there is none of that name."""
    if not 0 < port < 65536:
        raise StepError(f"There is no port {port}: take one from 1 to 65535.")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise StepError(f"There is no machine called “{host}”. Take 127.0.0.1, or 0.0.0.0 for tablets.") from error
    return Address(str(found[0][4][0]), port)


def check_free(address: Address) -> None:
    """Raise StepError, with what to type instead, when the port cannot be listened on.

    Asked beforehand, because the server shares its port with any of its kind that the same user started.
    """
    try:
        _bind(address)
    except OSError as error:
        raise StepError(_refusal(address, error)) from error


def _bind(address: Address) -> None:
    with socket.socket(socket.AF_INET6 if ":" in address.host else socket.AF_INET) as probe:
        if os.name != "nt":  # There it would let two servers share the port; here it forgives one just stopped.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((address.host, address.port))


def _refusal(address: Address, error: OSError) -> str:
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{address.host} is not an address of this machine. Take --host 0.0.0.0 for all it has."
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"Port {address.port} needs an administrator. Take one above 1023: --port 8080"
    free = _next_free(address)
    return f"Port {address.port} is in use by another program. Take another: --port {free}"


def _next_free(address: Address) -> int:
    for port in range(address.port + 1, min(address.port + SEARCHED_PORTS, 65536)):
        try:
            _bind(Address(address.host, port))
        except OSError:
            continue
        return port
    return 18080


def answers(address: Address) -> bool:
    """Tell whether the server answers /healthz with 200."""
    connection = http.client.HTTPConnection(address.near, address.port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
