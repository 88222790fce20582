import Contracts
import Domain
import Foundation
import RPC
import Runtime
import SimKit

@testable import CLI

/// The whole line from ingest to notification, as the command line sees it.
struct Line: Sendable {
    let folder: TemporaryFolder
    private let options: ConnectionOptions

    /// Speaks to services that keep their data in `folder`.
    init(on folder: TemporaryFolder, addresses: [String] = []) async throws {
        self.folder = folder
        let data = try DataFolder.parse(["--data", folder.path])
        _ = try await Installation.open(data)
        options = try ConnectionOptions.parse(["--data", folder.path] + addresses)
    }

    /// Loads the plant's registry; on a simulated clock, on the evening before its data begin.
    func loadRegistry(advancing: Bool = true) async throws {
        for service in ServiceName.allCases.reversed() where advancing {
            let evening = Instant.t0 - .hours(12)
            _ = try await ask(
                service, ClockV1.ClockService.advance,
                ClockV1.AdvanceRequest(toUnixMs: evening.unixMilliseconds))
        }
        let content = try Data(contentsOf: URL(fileURLWithPath: PlantFiles.registry))
        _ = try await ask(
            .ingest, IngestV1.RegistryService.import,
            IngestV1.ImportRequest(fileName: "registry.yaml", content: Array(content)))
    }

    /// Replays a file with the clocks of the services, as `hazwatch replay --accelerated` does.
    func replay(
        _ name: String, patience: Duration = .seconds(300),
        report: ReplayRun.Report = { _, _ in }
    ) async throws -> ReplaySummary {
        let text = try String(contentsOfFile: PlantFiles.mapping, encoding: .utf8)
        let mapping = try MappingReader.read(text, file: "mapping.yaml")
        let file = ReplayFile(path: PlantFiles.data(name), mapping: mapping)
        let survey = try file.survey()
        let platform = try PlatformPorts(options, patience: patience, tell: { _ in })
        var run = ReplayRun(
            file: file, first: survey.first, shift: .seconds(0), ports: platform.ports)
        do {
            try await run.accelerate(until: nil, report: report)
        } catch {
            await platform.close()
            throw error
        }
        await platform.close()
        return run.summary
    }

    /// Every alarm so far, the oldest first.
    func alarms() async throws -> [RiskV1.Alarm] {
        let answer = try await ask(
            .risk, RiskV1.RiskService.listAlarms,
            RiskV1.ListAlarmsRequest(includeCleared: true))
        return answer.alarms.sorted { $0.raisedAtUnixMs < $1.raisedAtUnixMs }
    }

    /// The journal of a service from its first entry.
    func journal(_ service: ServiceName) async throws -> [JournalV1.Entry] {
        try await Connection.with(service, options) { connection in
            var entries: [JournalV1.Entry] = []
            let answers = try await connection.stream(
                JournalV1.JournalService.subscribe,
                JournalV1.SubscribeRequest(storedOnly: true))
            for try await answer in answers { entries += [answer.entry].compactMap { $0 } }
            return entries
        }
    }

    /// The readings of a point, from the first.
    func readings(of point: String) async throws -> [CommonV1.Reading] {
        try await Connection.with(.ingest, options) { connection in
            var readings: [CommonV1.Reading] = []
            let parts = try await connection.stream(
                IngestV1.ReadingsService.range, IngestV1.RangeRequest(pointID: point))
            for try await part in parts { readings += part.readings }
            return readings
        }
    }

    /// Every notice, in the order in which they were decided.
    func notices() async throws -> [NotificationV1.Notice] {
        try await journal(.notification)
            .filter { $0.kind == JournalKind.noticeQueued.rawValue }
            .map { try NotificationV1.Notice(serialized: $0.body) }
    }

    private func ask<I, O>(
        _ service: ServiceName, _ method: RPCMethod<I, O>, _ request: I
    ) async throws -> O {
        try await Connection.with(service, options) { try await $0.unary(method, request) }
    }
}
