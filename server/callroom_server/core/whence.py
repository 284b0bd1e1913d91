"""Where a connection comes from: what of its address counts as one, and whether that is this machine."""

import ipaddress


def address_group(peer: str) -> str:
    """What of a peer's `host:port` counts as one address: an IPv4 address, or an IPv6 /64, which is what one
    household gets (RFC 6177).

    Empty for loopback and Unix sockets, which are exempt: they are this machine's own people.
    """
    host = peer.rpartition(":")[0].strip("[]").partition("%")[0]
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return ""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is None:
            return "" if ip.is_loopback else str(ipaddress.ip_network((ip, 64), strict=False))
        ip = ip.ipv4_mapped
    return "" if ip.is_loopback else str(ip)


def here(peer: str) -> bool:
    """Whether a peer is on this machine: on loopback or a Unix socket."""
    return not address_group(peer)
