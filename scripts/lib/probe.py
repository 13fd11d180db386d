"""Small questions that the shell scripts ask about the network.

probe.py free HOST PORT      exit code 0 when a server may bind the port
probe.py answers URL SECONDS waits as long for the address to answer without an error
"""

import http.client
import socket
import sys
import time
import urllib.request


def is_free(host: str, port: int) -> bool:
    """Whether a server may bind the TCP port now."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError:
            return False
        return True


def answers(url: str, seconds: float) -> bool:
    """Whether a GET of the address comes to a status below 400 in this time, asked repeatedly.

    Redirects are followed; a proxy of the environment is not used.
    """
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            with opener.open(url, timeout=seconds):
                return True
        except (http.client.HTTPException, OSError):
            time.sleep(0.05)
    return False


def main(question: str, *arguments: str) -> int:
    """The exit code of one question."""
    if question == "free":
        host, port = arguments
        return int(not is_free(host, int(port)))
    url, seconds = arguments
    return int(not answers(url, float(seconds)))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
