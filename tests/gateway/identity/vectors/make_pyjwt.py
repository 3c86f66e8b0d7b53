#!/usr/bin/env python3
"""Prints tokens made by PyJWT, and the public keys: pip install pyjwt cryptography; ./make_pyjwt.py >pyjwt.json"""

import json

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEYS = {
    **{name: (RSA, RSAAlgorithm) for name in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")},
    "ES256": (ec.generate_private_key(ec.SECP256R1()), ECAlgorithm),
    "ES384": (ec.generate_private_key(ec.SECP384R1()), ECAlgorithm),
    "ES512": (ec.generate_private_key(ec.SECP521R1()), ECAlgorithm),
    "EdDSA": (ed25519.Ed25519PrivateKey.generate(), OKPAlgorithm),
}


def public_jwk(name):
    key, algorithm = KEYS[name]
    return {**json.loads(algorithm.to_jwk(key.public_key())), "kid": name, "alg": name, "use": "sig"}


def token(name):
    claims = {
        "iss": "https://issuer.example",
        "aud": ["chat", "account"],
        "sub": "alice",
        "jti": f"pyjwt-{name}",
        "iat": 1700000000,
        "exp": 4102444800,
        "realm_access": {"roles": ["user", "admin"]},
    }
    return jwt.encode(claims, KEYS[name][0], algorithm=name, headers={"kid": name})


tokens = {name: token(name) for name in KEYS}
print(json.dumps({"library": f"PyJWT {jwt.__version__}", "keys": [public_jwk(name) for name in KEYS], "tokens": tokens}, indent=1))
