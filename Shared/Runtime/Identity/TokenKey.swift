package import Domain
import Foundation
import JWTKit

/// The Ed25519 key that signs the tokens of an installation.
package struct TokenKey: Sendable {
    private let keys: JWTKeyCollection
    package let path: String
    /// The half that only checks, in PEM, for services that are not to sign.
    package let publicPEM: String

    /// Opens the key file, in PEM; makes it, readable by its owner alone, if it is not there.
    package static func open(path: String) async throws -> TokenKey {
        if !FileManager.default.fileExists(atPath: path) {
            let key = try EdDSA.PrivateKey(curve: .ed25519)
            try PrivateFile.create(path, Array(key.pemRepresentation.utf8))
        }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw TokenKeyFailure(path: path, reason: "it cannot be read")
        }
        guard let key = try? EdDSA.PrivateKey(pem: text) else {
            if (try? EdDSA.PublicKey(pem: text)) != nil { throw TokenKeyFailure.isPublic(path) }
            throw TokenKeyFailure(path: path, reason: "it holds no Ed25519 private key in PEM")
        }
        let keys = JWTKeyCollection()
        await keys.add(eddsa: key)
        return TokenKey(
            keys: keys, path: path, publicPEM: key.publicKey.pemRepresentation + "\n")
    }

    /// Makes a token that is good for `life` from now.
    package func issue(
        subject: String, role: Principal.Role, node: NodeID, life: Interval,
        now: Instant = SystemTime().now()
    ) async throws -> String {
        let claims = TokenClaims(
            sub: SubjectClaim(value: subject), role: role.rawValue, node: node.text,
            iat: IssuedAtClaim(value: Self.date(now)),
            exp: ExpirationClaim(value: Self.date(now + life)))
        return try await keys.sign(claims)
    }

    /// Checks what this key has signed.
    package func verifier(
        clock: any TimeSource = SystemTime(), cachedMax: Int = RuntimeLimits.verifiedTokensMax
    ) -> TokenVerifier {
        TokenVerifier(keys: keys, clock: clock, cachedMax: cachedMax)
    }

    private static func date(_ instant: Instant) -> Date {
        Date(timeIntervalSince1970: Double(instant.unixMilliseconds) / 1_000)
    }
}

/// Why a key file cannot be used.
package struct TokenKeyFailure: Error, CustomStringConvertible {
    package var path: String
    package var reason: String
    package var advice =
        "Restore it, or take it away to have a new one made; tokens signed by the old one then end."

    package var description: String {
        "The token key \(path) cannot be used: \(reason). \(advice)"
    }

    static func isPublic(_ path: String) -> TokenKeyFailure {
        TokenKeyFailure(
            path: path,
            reason: "it holds a public key, which checks tokens and cannot sign them",
            advice: "Name the private key (keys/token.pem in the data folder that `hazwatch up` or "
                + "a service made); a service that is only to check takes this one as "
                + "token-public-key.")
    }

    static func isPrivate(_ path: String) -> TokenKeyFailure {
        TokenKeyFailure(
            path: path, reason: "it holds a private key, with which anybody can sign any token",
            advice: "Take it away from this machine, write the public one with `hazwatch token "
                + "public-key --to FILE` where tokens are issued, and bring that here.")
    }
}
