// Prints tokens made by Nimbus JOSE + JWT, and the public keys. With its jar and that of Tink, which it needs for
// Ed25519 (Maven: com.nimbusds:nimbus-jose-jwt, com.google.crypto.tink:tink), in the current folder:
// java -cp "*" make_nimbus.java | python3 -m json.tool >nimbus.json
import com.nimbusds.jose.*;
import com.nimbusds.jose.crypto.*;
import com.nimbusds.jose.jwk.*;
import com.nimbusds.jose.jwk.gen.*;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.*;
import java.util.*;

class MakeNimbus {
  static JWK newKey(JWSAlgorithm algorithm) throws JOSEException {
    if (JWSAlgorithm.Family.RSA.contains(algorithm)) return finish(new RSAKeyGenerator(2048), algorithm);
    if (algorithm.equals(JWSAlgorithm.EdDSA)) return finish(new OctetKeyPairGenerator(Curve.Ed25519), algorithm);
    return finish(new ECKeyGenerator(Curve.forJWSAlgorithm(algorithm).iterator().next()), algorithm);
  }

  static JWK finish(JWKGenerator<? extends JWK> generator, JWSAlgorithm algorithm) throws JOSEException {
    return generator.keyID(algorithm.getName()).algorithm(algorithm).keyUse(KeyUse.SIGNATURE).generate();
  }

  static JWSSigner signer(JWK key) throws JOSEException {
    if (key instanceof RSAKey) return new RSASSASigner((RSAKey) key);
    if (key instanceof OctetKeyPair) return new Ed25519Signer((OctetKeyPair) key);
    return new ECDSASigner((ECKey) key);
  }

  public static void main(String[] arguments) throws Exception {
    List<Object> keys = new ArrayList<>();
    Map<String, Object> tokens = new LinkedHashMap<>();
    List<JWSAlgorithm> algorithms = List.of(JWSAlgorithm.RS256, JWSAlgorithm.RS384, JWSAlgorithm.RS512, JWSAlgorithm.PS256,
        JWSAlgorithm.PS384, JWSAlgorithm.PS512, JWSAlgorithm.ES256, JWSAlgorithm.ES384, JWSAlgorithm.ES512, JWSAlgorithm.EdDSA);
    for (JWSAlgorithm algorithm : algorithms) {
      JWK key = newKey(algorithm);
      JWTClaimsSet claims = new JWTClaimsSet.Builder()
          .issuer("https://issuer.example").audience(List.of("chat", "account")).subject("alice")
          .jwtID("nimbus-" + algorithm.getName()).issueTime(new Date(1700000000000L)).expirationTime(new Date(4102444800000L))
          .claim("realm_access", Map.of("roles", List.of("user", "admin"))).build();
      SignedJWT token = new SignedJWT(
          new JWSHeader.Builder(algorithm).keyID(algorithm.getName()).type(JOSEObjectType.JWT).build(), claims);
      token.sign(signer(key));
      keys.add(key.toPublicJWK().toJSONObject());
      tokens.put(algorithm.getName(), token.serialize());
    }
    String version = JWSSigner.class.getPackage().getImplementationVersion();
    System.out.println(JSONObjectUtils.toJSONString(
        Map.of("library", "nimbus-jose-jwt " + version, "keys", keys, "tokens", tokens)));
  }
}
