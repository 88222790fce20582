import Domain
import Foundation
import Runtime
import SimKit
import Testing

@testable import CLI

@Suite struct TokenCommandTests {
    private let folder: TemporaryFolder
    private let key: TokenKey

    init() async throws {
        folder = try TemporaryFolder()
        key = try await TokenKey.open(data: folder.path)
    }

    private func type(_ words: String...) async -> (code: Int32, out: [String], error: [String]) {
        let screen = Screen()
        let code = await Terminal.$screen.withValue(screen) {
            await Launch.run(["token"] + words + ["--data", folder.path])
        }
        return (code, screen.out, screen.error)
    }

    @Test func aServiceGetsATokenInAFileThatThePublicKeyChecks() async throws {
        let (token, pem) = (folder.file("risk.token"), folder.file("public.pem"))
        let issued = await type("issue", "--role", "service", "--subject", "risk", "--to", token)
        #expect(issued.code == 0, "\(issued)")
        #expect(await type("public-key", "--to", pem).code == 0)
        let principal = try await TokenVerifier.open(publicKey: pem)
            .principal(of: TokenFile.read(token))
        #expect(principal == Principal(subject: "risk", role: .service, node: NodeID("")))
        let attributes = try FileManager.default.attributesOfItem(atPath: token)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        // What is there is never written over.
        #expect(await type("public-key", "--to", pem).code == 1)
        let printed = await type("public-key").out.joined(separator: "\n") + "\n"
        #expect(try printed == String(contentsOfFile: pem, encoding: .utf8))
        #expect(printed.hasPrefix("-----BEGIN PUBLIC KEY-----\n"))
    }

    @Test(arguments: ["gateway", "officer", "administrator"])
    func nobodySeesTheWholeTreeByLeavingTheNodeOut(role: String) async {
        for words in [[], ["--node", ""]] {
            let screen = Screen()
            let code = await Terminal.$screen.withValue(screen) {
                await Launch.run(
                    ["token", "issue", "--role", role, "--subject", "a", "--data", folder.path]
                        + words)
            }
            #expect(code == 2)
            #expect(screen.error.contains { $0.contains("--node is missing") })
        }
        #expect(await type("issue", "--role", "service", "--subject", "").code == 2)
    }

    @Test func aPublicKeyIssuesNothingAndSaysWhy() async throws {
        let pem = folder.file("public.pem")
        #expect(await type("public-key", "--to", pem).code == 0)
        for words in [
            ["issue", "--role", "service", "--subject", "risk", "--key", pem],
            ["public-key", "--key", pem],
        ] {
            let screen = Screen()
            let code = await Terminal.$screen.withValue(screen) {
                await Launch.run(["token"] + words)
            }
            #expect(code == 1)
            let text = screen.error.joined(separator: "\n")
            #expect(text.contains("holds a public key, which checks tokens and cannot sign them"))
            #expect(text.contains("Name the private key"))
        }
    }
}
