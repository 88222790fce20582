import Domain
import Foundation
import Runtime

/// The keys of a data folder: made at the first start, never with a default password.
struct Installation: Sendable {
    let folder: DataFolder
    /// True if the administrator's token was made now.
    let isNew: Bool

    /// How long the administrator's token is good for; whoever can read the folder can renew it.
    private static let life = Interval.hours(24 * 365)

    /// Opens the folder: makes the signing key if there is none, and the token of the first
    /// administrator if there is none that is still good.
    static func open(_ folder: DataFolder) async throws -> Installation {
        let key = try await TokenKey.open(data: folder.path)
        let path = folder.administratorToken
        if try await isGood(path, key) { return Installation(folder: folder, isNew: false) }
        // The root of the tree: this token sees and may do everything.
        let token = try await key.issue(
            subject: "administrator", role: .administrator, node: NodeID(""), life: life)
        try? FileManager.default.removeItem(atPath: path)
        try PrivateFile.create(path, Array((token + "\n").utf8))
        return Installation(folder: folder, isNew: true)
    }

    private static func isGood(_ path: String, _ key: TokenKey) async throws -> Bool {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return false }
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return (try? await key.verifier().principal(of: token)) != nil
    }
}
