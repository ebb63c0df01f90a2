"""Is a port free?"""

import socket

from platformctl.failures import PortInUse


def port_fault(host: str, port: int) -> str:
    """Why a server could not listen there, "" when it could."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        return f"{getattr(error, 'strerror', None) or error}."
    return ""


def require_port(host: str, port: int) -> None:
    """Raises PortInUse unless a server can listen there."""
    fault = port_fault(host, port)
    if fault:
        raise PortInUse(host=host, port=port, reason=fault)
