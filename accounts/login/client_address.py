"""The address from which a client reaches the product."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

# A provider gives a whole network of this size to each of its customers.
IPV6_PREFIX_LENGTH = 64


def client_address(request: HttpRequest) -> str:
    """The client's IP address, or the network of an IPv6 address.

    Behind PROXY_COUNT proxies it is the address that the outermost one has added to
    X-Forwarded-For; what clients write there themselves is to the left of it.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    if settings.PROXY_COUNT and any(forwarded):
        address = forwarded[-min(settings.PROXY_COUNT, len(forwarded))]
    return _shorten(address)


def _shorten(address: str) -> str:
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return str(ip)
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ip_network((ip, IPV6_PREFIX_LENGTH), strict=False))
