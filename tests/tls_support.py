"""Certificates for servers under test, made by openssl(1): good, for other names, and one that is over."""

import subprocess
from pathlib import Path
from typing import NamedTuple

NEW_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
HERE = "subjectAltName=DNS:localhost,IP:127.0.0.1"


class Certificate(NamedTuple):
    """A self-signed certificate, which is its own authority, and its key."""

    file: Path
    key: Path

    @property
    def listener(self) -> str:
        """Where a house listens with it."""
        return f"tls://127.0.0.1:0?cert={self.file}&key={self.key}"


def certificate(folder: Path, name: str, *more: str) -> Certificate:
    """A new one; `more`: options of openssl-req(1)."""
    files = Certificate(folder / f"{name}.pem", folder / f"{name}.key")
    command = f"openssl req -x509 {NEW_KEY}".split()
    command += ["-subj", f"/CN={name}", "-keyout", str(files.key), "-out", str(files.file), *more]
    subprocess.run(command, check=True, capture_output=True)
    return files


def good_certificate(folder: Path) -> Certificate:
    """One for this machine, for two days."""
    return certificate(folder, "good", "-days", "2", "-addext", HERE)


def expired_certificate(folder: Path) -> Certificate:
    """One for this machine that ended yesterday."""
    key, request, old = folder / "old.key", folder / "old.csr", folder / "old.pem"
    names = folder / "names"
    names.write_text(HERE)
    for command in (
        f"openssl req -new {NEW_KEY} -subj /CN=old -keyout {key} -out {request}",
        f"openssl x509 -req -in {request} -signkey {key} -days -1 -extfile {names} -out {old}",
    ):
        subprocess.run(command.split(), check=True, capture_output=True)
    return Certificate(old, key)
