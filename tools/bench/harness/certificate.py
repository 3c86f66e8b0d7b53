"""Creates a self-signed certificate for the servers that are measured over TLS, for one run."""

import subprocess

from harness import paths
from harness.servers import Failure

CERTIFICATE = paths.OUTPUT / "cert.pem"
KEY = paths.OUTPUT / "key.pem"


def make():
    """Writes certificate and key: ECDSA on P-256, the most common type on the web."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-subj", "/CN=127.0.0.1", "-days", "7", "-out", str(CERTIFICATE), "-keyout", str(KEY)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise Failure(f"openssl created no certificate: {result.stderr.strip()}")
