import Contracts
import Domain
package import Foundation
import Kernel
import Policy
import RPC
import Runtime
import SimKit
import Storage

/// Real programs, a real SMSC, and load: notification is killed with signal 9 again and again. At
/// the end everything that must be on record is, once.
package struct KillRun: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
        package init(_ description: String) { self.description = description }
    }

    package let seed: UInt64
    package let kills: Int
    /// The folder of Package.swift.
    package let root: URL
    package var tell: @Sendable (String) -> Void = { _ in }

    package init(seed: UInt64, kills: Int, root: URL) {
        (self.seed, self.kills, self.root) = (seed, kills, root)
    }

    package static func isPossible(root: URL) -> Bool {
        KilledPlatform.programs.allSatisfy(Program.isBuilt) && ForeignPeer.areMade(root: root)
    }

    package func run() async throws -> KillReport {
        let folder = try TemporaryFolder()
        let smsc = try await ForeignPeer.script(
            "smsc.py", ["--response-within", "2"], root: root)
        defer { smsc.end() }
        let platform = try await KilledPlatform(on: folder, smscPort: smsc.port)
        defer { _ = platform.stop() }
        try await platform.start()
        try await register(platform)
        let officers = Officers(platform, seed: seed)
        try await underLoad(platform, officers, smsc)
        tell("the load is over; everything is done and cleared now")
        try await settle(platform, officers)
        let complaints = platform.stop()
        return try audit(platform, officers, smsc, complaints)
    }

    private func register(_ platform: KilledPlatform) async throws {
        let client = try await platform.client(of: "ingest", as: .administrator)
        _ = try await client.unary(
            IngestV1.RegistryService.import,
            IngestV1.ImportRequest(
                fileName: "registry.yaml", content: Array(KillPlant.registry.utf8)),
            options: CallOptions(waitForReady: true))
        await client.close()
    }

    /// Gateways and officers go on until the last kill.
    private func underLoad(
        _ platform: KilledPlatform, _ officers: Officers, _ smsc: ForeignPeer
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Gateways(platform: platform, seed: seed).run() }
            group.addTask { try await officers.run() }
            try await killAll(platform, smsc)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Each kill comes after some more messages, so that there is always something under way.
    private func killAll(_ platform: KilledPlatform, _ smsc: ForeignPeer) async throws {
        var random = SeededRandom(seed: seed)
        while platform.kills.count < kills {
            let more = Int(random.integer(in: 10...90))
            try await smsc.wait(for: "submit", count: smsc.count("submit") + more)
            // Now and then the SMSC drops its connections as well.
            if random.chance(1, of: 8) { smsc.tell("drop") }
            // So that not each kill comes right behind a message.
            try await Task.sleep(for: .microseconds(random.integer(in: 0...50_000)))
            let left = kills - platform.kills.count
            var pauses: [UInt32] = []
            // Some come while it is starting, also twice in a row.
            while pauses.count < min(left - 1, 2), random.chance(1, of: 5) {
                pauses.append(UInt32(random.integer(in: 1_000...900_000)))
            }
            try await platform.kill(thenWhileStarting: pauses)
            tell("kill \(platform.kills.count) of \(kills)")
        }
    }

    /// Waits until every case is cleared and nothing falls due any more, however slow the machine.
    private func settle(_ platform: KilledPlatform, _ officers: Officers) async throws {
        let end = ContinuousClock.now + .seconds(900)
        var rest: [String] = ["warnings stand"]
        while ContinuousClock.now < end {
            // Other processes take real time.
            try await Task.sleep(for: .milliseconds(200))
            guard try await officers.clearEverything() else { continue }
            rest = try Records.unfinished(platform.folder)
            if rest.isEmpty { return }
        }
        throw Failure("it did not come to rest: \(rest). \(platform.printed.suffix(2_000))")
    }

    // MARK: Afterwards

    private func audit(
        _ platform: KilledPlatform, _ officers: Officers, _ smsc: ForeignPeer,
        _ complaints: [String]
    ) throws -> KillReport {
        let profile = try ProfileSource.load(KillPlant.profile(in: platform.folder))
        var audit = Audit(try Records(platform.folder), profile)
        for complaint in complaints { audit.complain(complaint) }
        audit.checkCases()
        audit.checkSerials()
        try proveTheAudit(audit.records, profile)
        audit.checkDeeds(officers.done)
        audit.checkMessages(smsc)
        for service in ["ingest", "risk", "notification"] {
            let path = Records.path(service, platform.folder)
            let found = try JournalAudit.verify(path: path)
            for finding in found.findings { audit.complain("\(service): \(finding)") }
            if service == "notification" { audit.put { $0.journalEntries = found.entryCount } }
        }
        try verifyByCommand(platform, &audit)
        var report = audit.figures
        report.mistakes = audit.mistakes
        for event in smsc.events("submit")
        where report.mistakes.contains(where: { $0.contains(event["to"]) }) {
            report.trace.append("\(event["at"]) \(event["to"]) \(event["octets"].prefix(40))")
        }
        report.trace += audit.records.story(named: report.mistakes)
        report.kills = platform.kills.count
        report.restarts = platform.downtimes.count
        report.downMilliseconds = platform.downtimes.map { ($0.backAt - $0.killedAt).milliseconds }
        (report.refusals, report.repeats) = (officers.refusals, officers.repeats)
        report.receipts = smsc.count("receipt-taken")
        report.replies = smsc.count("reply-taken")
        report.lateness = audit.fired.map { due, at in
            let away = platform.away(
                from: Instant(unixMilliseconds: due), to: Instant(unixMilliseconds: at))
            return at - due - away.milliseconds
        }
        return report
    }

    /// An audit that finds nothing is worth something only if it finds a line that is gone.
    private func proveTheAudit(_ records: Records, _ profile: PolicyProfile) throws {
        var random = SeededRandom(seed: seed)
        let places = records.entries.indices.filter { index in
            switch records.entries[index].line {
            case .opened, .moved, .cleared, .issued: true
            // What people did shows in what they were told is done.
            case .obligation(let one): !one.by.hasPrefix("officer-")
            case .drafted, .declared, .queued, .delivery, .closed: false
            }
        }
        for _ in 0..<10 where !places.isEmpty {
            var less = records
            let place = places[Int(random.integer(in: 0...Int64(places.count - 1)))]
            let gone = less.entries.remove(at: place)
            // The last of its kind and issuer leaves no gap.
            if case .issued = gone.line { continue }
            var audit = Audit(less, profile)
            audit.checkCases()
            audit.checkSerials()
            if audit.mistakes.isEmpty {
                throw Failure("the audit does not see that this line is gone: \(gone)")
            }
        }
    }

    /// An operator's own check.
    private func verifyByCommand(_ platform: KilledPlatform, _ audit: inout Audit) throws {
        let hazwatch = Program(
            "hazwatch", ["audit", "verify", "--data", platform.folder.path], in: platform.folder)
        try hazwatch.start()
        let code = hazwatch.wait()
        if code != 0 { audit.complain("hazwatch audit verify: \(hazwatch.printed)") }
    }
}
