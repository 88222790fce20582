import Domain
import Foundation
import SimKit
import Storage
import Testing

@testable import CLI

/// A data folder as a whole: what one store alone cannot show.
@Suite struct FolderAuditTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try store("ingest", entries: 4)
        try store("risk", entries: 2, heard: ["ingest.journal": 4, "ingest.readings": 900])
        try store("notification", entries: 1, heard: ["ingest.journal": 3, "risk.journal": 2])
    }

    private func path(_ service: String) -> String { folder.file("\(service)/\(service).sqlite") }

    private func store(
        _ service: String, entries: Int, heard: [String: UInt64] = [:], hash: [UInt8]? = nil
    ) throws {
        let directory = folder.file(service)
        try? FileManager.default.removeItem(atPath: directory)
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        let store = try Store(path: path(service), migrations: [.shared])
        let drafts = (0..<entries).map {
            JournalDraft(kind: "test.fact", subject: "\($0)", node: NodeID("n"), body: [1])
        }
        try store.write { db in
            _ = try Journal.append(drafts, at: .t0, in: db)
            for (name, seq) in heard.sorted(by: { $0.key < $1.key }) {
                try Cursors.put(name, Cursor(seq: seq, hash: hash), in: db)
            }
        }
        try store.close()
    }

    private func verify() async -> (code: Int32, out: String) {
        let screen = Screen()
        let code = await Terminal.$screen.withValue(screen) {
            await Launch.run(["audit", "verify", "--data", folder.path])
        }
        return (code, screen.out.joined(separator: "\n"))
    }

    @Test func storesThatFitTogetherAreClean() async {
        #expect(await verify().code == 0)
    }

    @Test func aStoreThatIsGoneIsAFinding() async throws {
        try FileManager.default.removeItem(atPath: path("risk"))
        let answer = await verify()
        #expect(answer.code == 1)
        #expect(answer.out.contains("the store with the journal is gone"))
    }

    @Test func anOlderCopyThanOthersHaveHeardIsAFinding() async throws {
        try store("risk", entries: 1)
        let answer = await verify()
        #expect(answer.code == 1)
        #expect(answer.out.contains("notification has heard entry 2, the last is 1"))
    }

    @Test func anotherEntryThanOthersHaveHeardIsAFinding() async throws {
        let second = try #require(try JournalAudit.entry(at: 2, path: path("risk")))
        try store("notification", entries: 1, heard: ["risk.journal": 2], hash: second.hash)
        #expect(await verify().code == 0)
        // Since then risk has been an older copy, and has grown to other entries.
        try store("notification", entries: 1, heard: ["risk.journal": 2], hash: JournalHash.zero)
        try store("risk", entries: 3)
        let answer = await verify()
        #expect(answer.code == 1)
        #expect(answer.out.contains("notification has heard entry 2 with the hash 0000"))
        #expect(answer.out.contains("an older copy that has grown since"))
    }
}
