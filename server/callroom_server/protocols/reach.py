"""How to reach a house that listens: the commands to type in another terminal."""

import shlex

ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""An address that means every interface is called by its loopback twin."""


def commands(url: str) -> list[str]:
    """What to type to call this URL; nothing for a door that only programs speak to."""
    scheme, _, rest = url.partition("://")
    if scheme == "unix":
        return [f"nc -U {shlex.quote(rest)}"]
    host, _, port = rest.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    host = shlex.quote(ANYWHERE.get(host, host))
    match scheme:
        # -E: without it, inetutils' telnet takes the byte 9D, which is in 额, for its escape character.
        case "tcp":
            return [f"telnet -E {host} {port}", f"nc {host} {port}"]
        case "telnet":
            return [f"telnet -E {host} {port}"]
        case "text":
            return [f"nc {host} {port}"]
        case "udp" | "http":
            at = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            return [f"callroom udp udp://{at}" if scheme == "udp" else f"curl http://{at}/"]
        case "tls":
            at = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            return [f"openssl s_client -quiet -connect {at}"]
        case _:
            return []
