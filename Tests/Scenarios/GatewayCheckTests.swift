import Domain
import Foundation
import Runtime
import SimKit
import Testing

@testable import CLI

/// The check of gateways with a gateway that is none of ours, over real sockets (EDG-16).
@Suite(
    .serialized,
    .enabled(
        if: StrangeGateway.isThere, "Tests/Interop/setup.sh has not made the Python of the peers."))
struct GatewayCheckTests {
    @Test(.timeLimit(.minutes(5))) func aGoodGatewayPasses() async throws {
        let outcome = try await StrangeGateway.checked()
        #expect(outcome.open.isEmpty, "\(outcome.open)")
        #expect(outcome.code == 0)
        #expect(outcome.verdicts.count == GatewayRule.allCases.count)
    }

    /// EDG-16: each of them fails its rule, and no other; who is cut short may leave some unseen.
    @Test(.timeLimit(.minutes(5))) func badGatewaysFailTheirRule() async throws {
        let faults = [
            "token", "gatewayID", "sequence", "columns", "points", "times", "values", "quality",
            "size", "resend", "repeated", "exhausted", "unavailable", "refused",
        ]
        let outcomes = try await withThrowingTaskGroup(
            of: (String, StrangeGateway.Outcome).self
        ) { group in
            for fault in faults {
                group.addTask { (fault, try await StrangeGateway.checked(fault: fault)) }
            }
            var all: [String: StrangeGateway.Outcome] = [:]
            for try await (fault, outcome) in group { all[fault] = outcome }
            return all
        }
        for fault in faults {
            let outcome = try #require(outcomes[fault])
            let failed = outcome.verdicts.filter { $0.value == "failed" }.map(\.key)
            #expect(failed == [fault], "\(outcome.open)")
            #expect(outcome.code == 1)
        }
    }

    /// What it does after a cut; apart from the others, because it goes by the clock.
    @Test(.timeLimit(.minutes(5)), arguments: ["complete", "order", "live"])
    func aBadRecoveryIsSeen(fault: String) async throws {
        let outcome = try await StrangeGateway.checked(fault: fault)
        let failed = outcome.verdicts.filter { $0.value == "failed" }.map(\.key)
        #expect(failed == [fault], "\(outcome.open)")
        #expect(outcome.code == 1)
    }
}

/// The same with the gateway of the demo, which is ours.
@Suite struct DemoGatewayCheckTests {
    /// EDG-16: it sends what is kept one after the other, so that live data wait for the backlog;
    /// everything else it does as it should.
    @Test(.timeLimit(.minutes(5))) func theDemoGatewayKeepsAllRulesButOne() async throws {
        let plant = try #require(DemoRegistry().plants.first)
        let folder = try TemporaryFolder()
        let points = folder.file("ids")
        try plant.pointIDs.joined(separator: "\n").write(
            toFile: points, atomically: true, encoding: .utf8)
        let sending = Task { try await Self.send(plant, to: folder.file("check")) }
        let outcome = try await StrangeGateway.run([
            "--to", folder.file("check"), "--points", points, "--gateway", plant.gateway.id.text,
            "--every", "250ms", "--cut", "5s", "--patience", "30s",
        ])
        sending.cancel()
        let failed = outcome.verdicts.filter { $0.value == "failed" }.map(\.key)
        #expect(failed == ["live"], "\(outcome.open)")
        #expect(outcome.verdicts.values.count { $0 == "passed" } == GatewayRule.allCases.count - 1)
    }

    /// Measures each quarter of a second, and sends in that order.
    private static func send(_ plant: DemoPlant, to folder: String) async throws {
        var plant = plant
        let clock = SystemTime()
        while !FileManager.default.fileExists(atPath: folder + "/address") {
            try await clock.sleep(until: clock.now() + Interval(milliseconds: 50))
        }
        func text(_ name: String) throws -> String {
            try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
                .trimmingCharacters(in: .newlines)
        }
        let port = try #require(Int(try text("address").split(separator: ":").last ?? ""))
        let feed = DemoFeed(
            plant, port: port, tokens: TokenSource(fixed: try text("token")), sequence: 0)
        var due = clock.now()
        while true {
            // After a cut it is behind its clock, and sends what it measured then.
            try await clock.sleep(until: due)
            try await feed.push(plant.values(at: due), at: due)
            due = due + Interval(milliseconds: 250)
        }
    }
}

/// Tests/Interop/python/gateway.py, which knows of us what reflection says.
private enum StrangeGateway {
    struct Outcome: Sendable {
        var code: Int32
        var verdicts: [String: String]
        /// Everything that did not pass, with what was seen.
        var open: [String]
    }

    private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let python = tests.deletingLastPathComponent()
        .appending(path: ".build/interop/venv/bin/python")

    static let isThere = FileManager.default.isExecutableFile(atPath: python.path)

    /// Runs the check and the gateway to the end of the check.
    static func checked(fault: String = "") async throws -> Outcome {
        let folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = python
        process.arguments = [
            tests.appending(path: "Interop/python/gateway.py").path, folder.file("check"),
            "--every", "0.25", "--fault", fault,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        // Whatever it does: a signal that can be refused leaves it running.
        defer { kill(process.processIdentifier, SIGKILL) }
        return try await run([
            "--to", folder.file("check"), "--every", "250ms", "--cut", "4s", "--patience", "20s",
        ])
    }

    /// Runs the check to its end.
    static func run(_ arguments: [String]) async throws -> Outcome {
        let screen = Screen()
        let code = await Terminal.$screen.withValue(screen) {
            await Launch.run(["gateway", "check"] + arguments + ["--output", "json"])
        }
        let text = Data(screen.out.joined(separator: "\n").utf8)
        let told = try JSONDecoder().decode(Told.self, from: text)
        return Outcome(
            code: code,
            verdicts: Dictionary(uniqueKeysWithValues: told.rules.map { ($0.rule, $0.verdict) }),
            open: told.rules.filter { $0.verdict != "passed" }.map {
                "\($0.rule) \($0.verdict): \($0.seen)"
            })
    }

    private struct Told: Decodable {
        struct Rule: Decodable { var rule, verdict, seen: String }
        var rules: [Rule]
    }
}
