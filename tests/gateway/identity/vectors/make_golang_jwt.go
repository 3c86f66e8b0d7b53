// Prints tokens made by golang-jwt, and the public keys, which that library cannot write:
// go mod init vectors && go get github.com/golang-jwt/jwt/v5 && go run make_golang_jwt.go >golang_jwt.json
package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"os"
	"runtime/debug"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

type claims struct {
	jwt.RegisteredClaims
	RealmAccess map[string][]string `json:"realm_access"`
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func b64(bytes []byte) string { return base64.RawURLEncoding.EncodeToString(bytes) }

func publicJWK(key crypto.PublicKey, name string) map[string]string {
	jwk := map[string]string{"kid": name, "alg": name}
	switch key := key.(type) {
	case *rsa.PublicKey:
		jwk["kty"], jwk["n"], jwk["e"] = "RSA", b64(key.N.Bytes()), b64(big.NewInt(int64(key.E)).Bytes())
	case *ecdsa.PublicKey:
		size := (key.Params().BitSize + 7) / 8
		jwk["kty"], jwk["crv"] = "EC", key.Params().Name
		jwk["x"], jwk["y"] = b64(key.X.FillBytes(make([]byte, size))), b64(key.Y.FillBytes(make([]byte, size)))
	case ed25519.PublicKey:
		jwk["kty"], jwk["crv"], jwk["x"] = "OKP", "Ed25519", b64(key)
	}
	return jwk
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	return info.Deps[0].Version
}

func main() {
	rsaKey := must(rsa.GenerateKey(rand.Reader, 2048))
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	must(edKey, err)
	ec := func(curve elliptic.Curve) crypto.Signer { return must(ecdsa.GenerateKey(curve, rand.Reader)) }
	signers := map[jwt.SigningMethod]crypto.Signer{
		jwt.SigningMethodRS256: rsaKey, jwt.SigningMethodRS384: rsaKey, jwt.SigningMethodRS512: rsaKey,
		jwt.SigningMethodPS256: rsaKey, jwt.SigningMethodPS384: rsaKey, jwt.SigningMethodPS512: rsaKey,
		jwt.SigningMethodES256: ec(elliptic.P256()), jwt.SigningMethodES384: ec(elliptic.P384()),
		jwt.SigningMethodES512: ec(elliptic.P521()), jwt.SigningMethodEdDSA: edKey,
	}
	keys, tokens := []map[string]string{}, map[string]string{}
	for method, key := range signers {
		name := method.Alg()
		token := jwt.NewWithClaims(method, claims{
			jwt.RegisteredClaims{
				Issuer: "https://issuer.example", Audience: jwt.ClaimStrings{"chat", "account"}, Subject: "alice",
				ID: "golang_jwt-" + name, IssuedAt: jwt.NewNumericDate(time.Unix(1700000000, 0)),
				ExpiresAt: jwt.NewNumericDate(time.Unix(4102444800, 0)),
			},
			map[string][]string{"roles": {"user", "admin"}},
		})
		token.Header["kid"] = name
		keys = append(keys, publicJWK(key.Public(), name))
		tokens[name] = must(token.SignedString(key))
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", " ")
	must(0, encoder.Encode(map[string]any{"library": "golang-jwt " + version(), "keys": keys, "tokens": tokens}))
}
