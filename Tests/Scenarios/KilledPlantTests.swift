import Contracts
import Domain
import Foundation
import Kernel
import SimKit
import Storage
import Testing

@testable import CLI

/// The same plant with each service as a program of its own, each killed in the middle.
/// ING-20: kill and restart at any point loses no reading and doubles none.
@Suite(
    .enabled(if: PlantFiles.areThere, PlantFiles.hint),
    .enabled(if: ServiceProgram.areBuilt, "The programs of the services are not built."))
struct KilledPlantTests {
    // Each in the quiet hours, and from the first alarm to the first circulars.
    private static let killsQuiet = 2
    private static let killsBusy = 5

    @Test("各服务多次被强行终止，最终记录不变")
    func killedServicesGiveTheSameRecord() async throws {
        let undisturbed = try await undisturbedRecord()
        let seed = ProcessInfo.processInfo.environment["HAZWATCH_SEED"].flatMap(UInt64.init) ?? 6
        let folder = try TemporaryFolder()
        _ = try await Installation.open(try DataFolder.parse(["--data", folder.path]))
        let programs = try ServiceProgram.platform(on: folder)
        defer { programs.forEach { $0.stop() } }
        for program in programs { try await program.start() }
        let line = try await Line(
            on: folder, addresses: programs.flatMap { ["--\($0.service)", "localhost:\($0.port)"] })
        try await line.loadRegistry()
        var plan = Self.plan(seed: seed)
        let summary = try await line.replay("d06") { row, _ in
            while let next = plan.last, next.row <= row {
                plan.removeLast()
                programs[next.program].killSoon(microseconds: next.microseconds)
            }
        }
        #expect(plan.isEmpty, "every kill was done")
        let record = try await Record(line)
        #expect(record.risk == undisturbed.risk, "seed \(seed)")
        #expect(record.notification == undisturbed.notification, "seed \(seed)")
        #expect(record.readings == undisturbed.readings, "seed \(seed)")
        // What was acknowledged before a kill was answered again, and stored once.
        #expect(summary.rows == 960)
        for service in ServiceName.allCases {
            let report = try JournalAudit.verify(
                path: folder.file("\(service)/\(service).sqlite"))
            #expect(report.isClean, "\(service): \(report.findings)")
        }
    }

    private func undisturbedRecord() async throws -> Record {
        let host = try await TestHost(
            Platform.services, flags: [(name: "clock", value: "simulated")])
        let line = try await Line(on: host.folder)
        try await line.loadRegistry()
        _ = try await line.replay("d06")
        let record = try await Record(line)
        try await host.stop()
        #expect(record.readings.count == 960)
        #expect(record.risk.count > 4)
        #expect(record.notification.count > 80)
        return record
    }

    private struct Kill {
        var row: Int
        var program: Int
        var microseconds: Int64
    }

    /// The latest first. A kill lands somewhere in the work on the rows after `row`.
    private static func plan(seed: UInt64) -> [Kill] {
        var random = SeededRandom(seed: seed)
        var kills: [Kill] = []
        for program in ServiceName.allCases.indices {
            for number in 0..<(killsQuiet + killsBusy) {
                let rows: ClosedRange<Int64> = number < killsQuiet ? 20...900 : 255...320
                kills.append(
                    Kill(
                        row: Int(random.integer(in: rows)), program: program,
                        microseconds: random.integer(in: 0...30_000)))
            }
        }
        return kills.sorted { $0.row > $1.row }
    }

    /// What must be the same: every decision with its time and its body. Attempts to deliver
    /// depend on the providers, and so do not count.
    private struct Record: Equatable {
        struct Entry: Equatable {
            var at: Int64
            var kind, subject, node: String
            var body: [UInt8]
        }

        var risk: [Entry]
        var notification: [Entry]
        var readings: [CommonV1.Reading]

        init(_ line: Line) async throws {
            risk = try await Self.entries(line, .risk)
            notification = try await Self.entries(line, .notification)
            readings = try await line.readings(of: "te-reactor-pressure")
        }

        private static func entries(_ line: Line, _ service: ServiceName) async throws -> [Entry] {
            try await line.journal(service)
                .filter { $0.kind != JournalKind.noticeDelivery.rawValue }
                .map {
                    Entry(
                        at: $0.atUnixMs, kind: $0.kind, subject: $0.subject, node: $0.nodeID,
                        body: $0.body)
                }
        }
    }
}
