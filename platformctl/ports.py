"""Is a port free?"""

import socket

from platformctl.failures import PortInUse
from shared_core.kernel.errors import Phrase


def port_fault(host: str, port: int) -> Phrase | None:
    """Why a server could not listen there, None when it could."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        return Phrase(getattr(error, "strerror", None) or str(error))
    return None


def require_port(host: str, port: int) -> None:
    """Raises PortInUse unless a server can listen there."""
    fault = port_fault(host, port)
    if fault:
        raise PortInUse(host=host, port=port, reason=fault)
