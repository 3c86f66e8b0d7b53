"""Stands in for the issuer of tokens in a trial: makes its keys, and tokens for clients.

    make_token.py keys KEY.PEM > KEYS.JSON      a key pair; the JWK set with the public key is for --jwt_keys
    make_token.py token KEY.PEM SUBJECT TTL [CLAIM=VALUE]...      a token that is valid for TTL seconds

Needs PyJWT and cryptography.
"""

import json
import os
import sys
import time

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

KEY_ID = "trial"


def keys(path):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption())
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(text)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return json.dumps({"keys": [{**public, "kid": KEY_ID, "alg": "RS256", "use": "sig"}]})


def token(path, subject, ttl, *claims):
    now = int(time.time())
    payload = {"iss": "https://issuer.example.com", "aud": "edge", "sub": subject, "iat": now, "exp": now + int(ttl),
               **dict(claim.split("=", 1) for claim in claims)}
    with open(path, encoding="ascii") as file:
        return jwt.encode(payload, file.read(), algorithm="RS256", headers={"kid": KEY_ID})


commands = {"keys": keys, "token": token}
if len(sys.argv) < 3 or sys.argv[1] not in commands:
    sys.exit(__doc__)
print(commands[sys.argv[1]](*sys.argv[2:]))
