"""Small questions that the shell scripts ask about the network.

probe.py free HOST PORT      exit code 0 when a server may bind the port
probe.py answers URL         exit code 0 when the address answers without an error
"""

import http.client
import socket
import sys
import urllib.error
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


def answers(url: str) -> bool:
    """Whether a GET of the address ends in a status below 400 (redirects are followed)."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5):
            return True
    except (urllib.error.URLError, http.client.HTTPException, OSError):
        return False


def main(question: str, *arguments: str) -> int:
    """The exit code of one question."""
    if question == "free":
        host, port = arguments
        return int(not is_free(host, int(port)))
    (url,) = arguments
    return int(not answers(url))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
