"""Network checks for the shell scripts.

probe.py free HOST PORT      exit code 0 when the port can be bound; else prints what is wrong
probe.py answers URL SECONDS exit code 0 when the URL responds within that time
"""

import errno
import http.client
import socket
import sys
import time
import urllib.request


def bind_problem(host: str, port: int) -> str:
    """Why a server cannot bind the TCP port now: the end of a sentence, empty if it can."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, socket.AF_INET, socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except PermissionError:
        return "may be used by root only."
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return "is in use. Stop what uses it."
        return f"cannot be used: {error.strerror}."
    return ""


def responds(url: str, seconds: float) -> bool:
    """Whether a GET of the URL, repeated for that time, returns a status below 400.

    Redirects are followed; proxy settings of the environment are ignored.
    """
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with opener.open(url, timeout=seconds):
                return True
        except (http.client.HTTPException, OSError):
            time.sleep(0.05)
    return False


def main(command: str, *arguments: str) -> int:
    """Run one check; the exit code is 0 for yes."""
    if command == "free":
        host, port = arguments
        problem = bind_problem(host, int(port))
        sys.stdout.write(problem)
        return int(bool(problem))
    url, seconds = arguments
    return int(not responds(url, float(seconds)))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
