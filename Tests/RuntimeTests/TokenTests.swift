import Domain
import Foundation
import RPC
import SimKit
import Testing

@testable import Runtime

@Suite struct TokenTests {
    static func key() async throws -> (folder: TemporaryFolder, key: TokenKey) {
        let folder = try TemporaryFolder()
        return (folder, try await TokenKey.open(data: folder.path))
    }

    @Test func aTokenNamesSubjectRoleAndNode() async throws {
        let (_, key) = try await Self.key()
        for role in Principal.Role.allCases {
            let token = try await key.issue(
                subject: "officer-1", role: role, node: NodeID("county-3"), life: .hours(1))
            let principal = try await key.verifier().principal(of: token)
            #expect(
                principal
                    == Principal(subject: "officer-1", role: role, node: NodeID("county-3")))
        }
    }

    @Test func theKeyFileIsForItsOwnerAlone() async throws {
        let (folder, key) = try await Self.key()
        let attributes = try FileManager.default.attributesOfItem(atPath: key.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let keys = try FileManager.default.attributesOfItem(atPath: folder.file("keys"))
        #expect(keys[.posixPermissions] as? Int == 0o700)
    }

    @Test func theKeyIsMadeOnce() async throws {
        let (folder, key) = try await Self.key()
        let token = try await key.issue(
            subject: "a", role: .officer, node: NodeID("n"), life: .hours(1))
        let again = try await TokenKey.open(data: folder.path)
        #expect(try await again.verifier().principal(of: token).subject == "a")
    }

    @Test func aBrokenKeyFileIsRefusedInASentence() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("key.pem")
        try Data("no key".utf8).write(to: URL(fileURLWithPath: path))
        await #expect {
            try await TokenKey.open(path: path)
        } throws: { error in
            "\(error)".contains(path) && "\(error)".contains("Ed25519")
        }
    }

    @Test func aTokenEndsAtItsTimeAlsoWhenItIsRemembered() async throws {
        let (_, key) = try await Self.key()
        let clock = SimulatedTime(.t0)
        let verifier = key.verifier(clock: clock)
        let token = try await key.issue(
            subject: "a", role: .officer, node: NodeID("n"), life: .hours(1), now: .t0)
        _ = try await verifier.principal(of: token)
        clock.advance(to: .t0 + .minutes(60) - .seconds(1))
        _ = try await verifier.principal(of: token)
        clock.advance(to: .t0 + .minutes(60))
        await #expect {
            try await verifier.principal(of: token)
        } throws: { error in
            (error as? RPCStatus)?.code == .unauthenticated && "\(error)".contains("expired")
        }
    }

    @Test func forgedTokensAreRefused() async throws {
        let (_, key) = try await Self.key()
        let (_, other) = try await Self.key()
        let token = try await key.issue(
            subject: "a", role: .officer, node: NodeID("n"), life: .hours(1))
        let foreign = try await other.issue(
            subject: "a", role: .administrator, node: NodeID("n"), life: .hours(1))
        let pieces = token.split(separator: ".").map { String($0) }
        let administrator = Self.base64(
            #"{"sub":"a","role":"administrator","node":"n","iat":1,"exp":9999999999}"#)
        let none = Self.base64(#"{"alg":"none","typ":"JWT"}"#)
        let symmetric = Self.base64(#"{"alg":"HS256","typ":"JWT"}"#)
        let forged = [
            "", "a", "a.b", "a.b.c", "..", foreign, token + "x", pieces[0] + "." + pieces[1] + ".",
            [pieces[0], administrator, pieces[2]].joined(separator: "."),
            [none, administrator, ""].joined(separator: "."),
            [symmetric, administrator, pieces[2]].joined(separator: "."),
            String(repeating: "a", count: RuntimeLimits.tokenCharactersMax + 1),
        ]
        let verifier = key.verifier()
        for token in forged {
            await #expect {
                try await verifier.principal(of: token)
            } throws: { error in
                (error as? RPCStatus)?.code == .unauthenticated
                    && "\(error)".contains("hazwatch token issue")
            }
        }
        #expect(verifier.cachedCount == 0, "a stranger cannot fill the memory")
    }

    private static func base64(_ text: String) -> String {
        Data(text.utf8).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }

    @Test func rememberedTokensAreBounded() async throws {
        let (_, key) = try await Self.key()
        let verifier = key.verifier(cachedMax: 10)
        for index in 0..<50 {
            let token = try await key.issue(
                subject: "s\(index)", role: .officer, node: NodeID("n"), life: .hours(1))
            #expect(try await verifier.principal(of: token).subject == "s\(index)")
            #expect(verifier.cachedCount <= 10)
        }
    }

    @Test func aRoleThatMayNotIsToldWhich() throws {
        let principal = Principal(subject: "g-1", role: .gateway, node: NodeID("works"))
        try principal.require(.gateway)
        try principal.require(.service, .gateway)
        #expect {
            try principal.require(.officer, .administrator)
        } throws: { error in
            (error as? RPCStatus)?.code == .permissionDenied
                && "\(error)".contains("officer or administrator") && "\(error)".contains("g-1")
        }
    }

    static let fields: [(field: String?, token: String?)] = [
        (nil, nil), ("Bearer abc", "abc"), ("bearer abc", "abc"), ("Basic abc", nil),
        ("Bearer", nil), ("abc", nil), ("", nil),
    ]

    @Test(arguments: fields)
    func theTokenStandsAfterTheWordBearer(row: (field: String?, token: String?)) {
        var metadata = Metadata()
        if let field = row.field { metadata.add("authorization", field) }
        if let token = row.token {
            #expect(throws: Never.self) {
                let found = try TokenInterceptor.token(metadata)
                #expect(found == token)
            }
        } else {
            #expect {
                try TokenInterceptor.token(metadata)
            } throws: { error in
                (error as? RPCStatus)?.code == .unauthenticated
                    && "\(error)".contains("authorization: Bearer TOKEN")
            }
        }
    }

    @Test func aClientKeepsItsTokenForAWhile() async throws {
        let (_, key) = try await Self.key()
        let source = TokenSource(key: key, service: "risk", node: NodeID(""))
        let first = try await source.metadata()["authorization"]
        #expect(first == (try await source.metadata()["authorization"]))
        let fixed = try await TokenSource(fixed: "abc").metadata()
        #expect(fixed["authorization"] == "Bearer abc")
    }
}
