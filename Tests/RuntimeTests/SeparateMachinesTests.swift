import Contracts
import Domain
import Foundation
import RPC
import Runtime
import SimKit
import Testing

/// Services that know the public key alone, as on machines of their own.
@Suite struct SeparateMachinesTests {
    /// Two data folders: one where tokens are issued, one of a service that only checks them.
    private struct Machines {
        let toy: TestHost
        let folder: TemporaryFolder
        var token: String { folder.file("mirror.token") }
        var publicKey: String { folder.file("public.pem") }

        init() async throws {
            toy = try await TestHost([ToyService.self])
            folder = try TemporaryFolder()
            let key = try await TokenKey.open(data: toy.folder.path)
            try Self.write(key.publicPEM, publicKey)
            let token = try await key.issue(
                subject: "mirror", role: .service, node: NodeID(""), life: .hours(1))
            try Self.write(token + "\n", self.token)
        }

        static func write(_ text: String, _ path: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        }

        func mirror(_ settings: KeyValuePairs<String, String>) async throws -> TestHost {
            let address = "127.0.0.1:\(toy.service("toy")?.ports.grpc ?? 0)"
            return try await TestHost(
                [MirrorService.self], folder: folder,
                flags: [(name: "toy-address", value: address)]
                    + settings.map { (name: $0.key, value: $0.value) })
        }
    }

    @Test func aServiceFollowsAnotherWithATokenThatItWasGiven() async throws {
        let machines = try await Machines()
        let mirror = try await machines.mirror([
            "token-public-key": machines.publicKey, "token-file": machines.token,
        ])
        try await mirror.ready()
        let toy = try machines.toy.ledger("toy")
        try await toy.submit(.deposit(account: "a", amount: 4))
        try await mirror.service("mirror")?.parts.followers.first?.reached(toy.journalHead.head)
        #expect(try await mirror.ledger("mirror").read { $0.accounts["a"]?.balance } == 4)
        // It never had, and has not made, a key that signs.
        #expect(!FileManager.default.fileExists(atPath: machines.folder.file("keys")))
        let port = mirror.service("mirror")?.ports.grpc ?? 0
        let strange = try await TokenKey.open(data: try TemporaryFolder().path).issue(
            subject: "a", role: .officer, node: NodeID(""), life: .hours(1))
        let rows: [(token: String, code: RPCStatus.Code?)] = [
            (try await machines.toy.token(.officer), nil), (strange, .unauthenticated),
        ]
        for (token, code) in rows {
            let client = TestClient.onPort(port, token: token)
            var found: RPCStatus.Code?
            do {
                _ = try await client.unary(
                    JournalV1.JournalService.head, JournalV1.HeadRequest())
            } catch {
                found = error.code
            }
            #expect(found == code, "tokens of the installation alone are good")
            await client.close()
        }
        try await mirror.stop()
        try await machines.toy.stop()
    }

    @Test func whatIsMissingOrTooMuchIsSaidAtTheStart() async throws {
        let machines = try await Machines()
        let key = machines.toy.folder.file("keys/token.pem")
        let empty = machines.folder.file("empty")
        try Machines.write("two words\n", empty)
        let rows: [(settings: KeyValuePairs<String, String>, words: [String])] = [
            (
                ["token-public-key": machines.publicKey],
                ["token-file", "unset", "hazwatch token issue --role service"]
            ),
            (
                ["token-public-key": machines.publicKey, "token-file": empty],
                ["token-file", "does not hold a token"]
            ),
            (
                ["token-public-key": machines.publicKey, "token-key": key],
                ["token-public-key", "beside token-key"]
            ),
            (
                ["token-public-key": key, "token-file": machines.token],
                [key, "holds a private key", "hazwatch token public-key"]
            ),
            (
                ["token-public-key": empty, "token-file": machines.token],
                [empty, "no Ed25519 public key"]
            ),
            (
                ["token-key": machines.publicKey],
                [machines.publicKey, "holds a public key", "cannot sign", "token-public-key"]
            ),
        ]
        for row in rows {
            await #expect {
                _ = try await machines.mirror(row.settings)
            } throws: { error in
                row.words.allSatisfy { "\(error)".contains($0) }
            }
        }
        try await machines.toy.stop()
    }

    @Test func aNewTokenInTheFileCountsWithoutARestart() async throws {
        let folder = try TemporaryFolder()
        let source = TokenSource(file: folder.file("token"))
        for token in ["abc", "def"] {
            try Machines.write(token + "\n", folder.file("token"))
            #expect(try await source.metadata()["authorization"] == "Bearer \(token)")
        }
        try FileManager.default.removeItem(atPath: folder.file("token"))
        await #expect(throws: RPCStatus.self) { try await source.metadata() }
    }
}
