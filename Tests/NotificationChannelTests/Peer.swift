import Foundation
import NotificationChannels
import SimKit

/// A program of another maker, what happens to it as the channels' own JSON.
final class Peer: Sendable {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    /// What setup.sh makes.
    private static let made = root.appending(path: ".build/channels")
    static let certificate = made.appending(path: "tls/certificate.pem").path
    static let key = made.appending(path: "tls/key.pem").path

    private let program: ForeignPeer

    private init(_ program: ForeignPeer) { self.program = program }

    /// Starts a script of this folder.
    static func script(_ name: String, _ arguments: [String] = []) async throws -> Peer {
        Peer(try await ForeignPeer.script(name, arguments, root: root))
    }

    var port: Int { program.port }

    /// What it has said of one kind so far.
    func events(_ kind: String) -> [JSONValue] { program.events(kind).compactMap(Self.json) }

    /// Waits until it has said so much of a kind, and gives all that it has said of it.
    @discardableResult func wait(for kind: String, count: Int = 1) async throws -> [JSONValue] {
        try await program.wait(for: kind, count: count).compactMap(Self.json)
    }

    private static func json(_ event: ForeignPeer.Event) -> JSONValue? {
        try? JSONValue(parsing: event.line)
    }

    /// Gives it a command.
    func tell(_ line: String) { program.tell(line) }

    func signal(_ number: Int32) { program.signal(number) }

    /// Ends it at once, as a power cut does.
    func end() async {
        let program = program
        await withCheckedContinuation { (ended: CheckedContinuation<Void, Never>) in
            DispatchQueue.global().async {
                program.end()
                ended.resume()
            }
        }
    }
}
