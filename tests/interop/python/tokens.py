"""Makes a key, its set and tokens by openssl, so that the checks need no library for tokens.

    tokens.py KEY.PEM > KEYS.JSON       makes a key, and writes the set (RFC 7517) that --jwt_keys takes
"""

import base64
import json
import subprocess
import sys


def _encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _openssl(*words, **options):
    return subprocess.run(["openssl", *words], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **options).stdout


def key_set(key):
    modulus = _openssl("rsa", "-in", key, "-noout", "-modulus").decode().strip().removeprefix("Modulus=")
    return json.dumps({"keys": [{"kty": "RSA", "kid": "interop", "alg": "RS256", "use": "sig", "e": "AQAB",
                                 "n": _encoded(bytes.fromhex(modulus))}]})


def token(key, **claims):
    """A token that is signed by RS256 with the key in this file."""
    parts = [{"alg": "RS256", "typ": "JWT", "kid": "interop"}, claims]
    text = ".".join(_encoded(json.dumps(part).encode()) for part in parts)
    return f"{text}.{_encoded(_openssl('dgst', '-sha256', '-sign', key, input=text.encode()))}"


if __name__ == "__main__":
    _openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", sys.argv[1])
    print(key_set(sys.argv[1]))
