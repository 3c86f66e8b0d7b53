#!/usr/bin/env node
// Prints tokens made by jose, and the public keys: npm install jose; ./make_jose.mjs >jose.json
import { createRequire } from 'node:module'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

const { version } = createRequire(import.meta.url)('jose/package.json')
const names = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
const keys = []
const tokens = {}
for (const name of names) {
  const { publicKey, privateKey } = await generateKeyPair(name, { extractable: true })
  keys.push({ ...(await exportJWK(publicKey)), kid: name, alg: name, use: 'sig', key_ops: ['verify'], ext: true })
  tokens[name] = await new SignJWT({ realm_access: { roles: ['user', 'admin'] } })
    .setProtectedHeader({ alg: name, kid: name, typ: 'at+jwt' })
    .setIssuer('https://issuer.example')
    .setAudience(['chat', 'account'])
    .setSubject('alice')
    .setJti(`jose-${name}`)
    .setIssuedAt(1700000000)
    .setNotBefore(1700000000)
    .setExpirationTime(4102444800)
    .sign(privateKey)
}
console.log(JSON.stringify({ library: `jose ${version}`, keys, tokens }, null, 1))
