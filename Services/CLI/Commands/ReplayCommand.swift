import ArgumentParser
import Domain
import Foundation

/// Pushes a data file as if a plant were measuring it.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Push a data file through the whole line, as if a plant were measuring it.",
        discussion: """
            The file is any CSV or blank-separated file; the mapping file says which column is \
            which point, when the first row was measured and how far the rows are apart:

              gateway: my-gateway
              separator: blanks          # or csv, tab, ";"
              start: 2021-11-01 08:00:00 +08:00
              every: 3min                # or  time: {column: 1, format: text}
              header: true               # if the first line holds names; false unless said
              zone: +08:00               # of times in the file
              missing: [NaN, NA, null, -]   # cells without a value
              columns:
                7: my-reactor-pressure   # or  7: {point: ..., scale: 0.001, offset: 0}

            Give a replay a gateway of its own in the registry: its batches are numbered by the \
            time of the first row, so that the same replay run again stores nothing twice.
            """)

    @Argument(help: "The data file.")
    var file: String

    @Option(name: .long, help: "The mapping file (YAML).")
    var mapping: String

    @Flag(
        name: .customLong("real-time"),
        help: "At the pace of the plant, with the times shifted so that the first row is now.")
    var isRealTime = false

    @Flag(
        name: .customLong("accelerated"),
        help: """
            As fast as the services can, on their clocks: they were started with --clock simulated.
            """)
    var isAccelerated = false

    @Option(name: .long, help: "The time of the first row, instead of the mapping file's.")
    var start: String?

    @Option(
        name: .long,
        help: """
            With --accelerated: go on to this time after the last row, or so much longer (+2h).
            """)
    var until: String?

    @Option(name: .long, help: "How long a service may be away before the replay gives up.")
    var patience: String = "60s"

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard isRealTime != isAccelerated else {
            throw ValidationError("Choose one of --real-time and --accelerated.")
        }
        if isRealTime, start != nil || until != nil {
            throw ValidationError("--start and --until belong to --accelerated.")
        }
    }

    func run() async throws {
        guard let patience = TimeText.interval(patience) else {
            throw ValidationError("--patience must be a time such as 60s or 5min.")
        }
        let data = ReplayFile(path: file, mapping: try readMapping())
        let survey = try data.survey()
        let shift = try self.shift(survey)
        let end = try until.map { try self.end($0, last: survey.last + shift) }
        var bar = ProgressBar(
            label: URL(fileURLWithPath: file).lastPathComponent, total: survey.rows)
        let platform = try PlatformPorts(
            connection, patience: .milliseconds(patience.milliseconds), tell: Terminal.error)
        var run = ReplayRun(
            file: data, first: survey.first, shift: shift, ports: platform.ports)
        let zone = output.zone
        do {
            if isAccelerated {
                try await run.accelerate(until: end) { bar.show($0, note: zone.text($1)) }
            } else {
                try await run.pace(waitUntil: Self.wait) { bar.show($0, note: zone.text($1)) }
            }
        } catch {
            bar.clear()
            await platform.close()
            throw error
        }
        bar.clear()
        await platform.close()
        output.print(record(run.summary, from: survey.first + shift, to: survey.last + shift))
    }

    private func readMapping() throws -> ReplayMapping {
        guard FileManager.default.isReadableFile(atPath: file) else {
            throw Failure.refused(
                "The data file \(file) cannot be read.",
                next: "Look at its name and its permissions.")
        }
        guard let text = try? String(contentsOfFile: mapping, encoding: .utf8) else {
            throw Failure.refused(
                "The mapping file \(mapping) cannot be read.",
                next: "Look at its name, its permissions, and that it is UTF-8.")
        }
        return try MappingReader.read(text, file: mapping)
    }

    private func shift(_ survey: ReplayFile.Survey) throws -> Interval {
        if isRealTime { return Self.now - survey.first }
        guard let start else { return .seconds(0) }
        return try output.instant(start, option: "start") - survey.first
    }

    private func end(_ text: String, last: Instant) throws -> Instant {
        if text.hasPrefix("+") {
            guard let more = TimeText.interval(String(text.dropFirst())) else {
                throw ValidationError("--until \"\(text)\" must look like +30min or +2h.")
            }
            return last + more
        }
        let end = try output.instant(text, option: "until")
        guard end >= last else {
            throw ValidationError("--until lies before the last row at \(output.zone.text(last)).")
        }
        return end
    }

    private static var now: Instant {
        Instant(unixMilliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    }

    // The pace of the plant is real time: the one place where a replay sleeps.
    private static func wait(until instant: Instant) async throws {
        let left = (instant - now).milliseconds
        if left > 0 { try await Task.sleep(for: .milliseconds(left)) }
    }

    private func record(_ summary: ReplaySummary, from: Instant, to: Instant) -> Record {
        Record([
            Field("file", "file", .text(file)),
            Field("from", "from", .time(from)),
            Field("to", "to", .time(to)),
            Field("row_count", "rows", .count(Int64(summary.rows))),
            Field("stored_count", "readings stored", .count(Int64(summary.stored))),
            Field("repeated_row_count", "rows stored before", .count(Int64(summary.repeatedRows))),
            Field("missing_count", "cells without value", .count(Int64(summary.missing))),
            Field("deadline_count", "deadlines between rows", .count(Int64(summary.deadlines))),
        ])
    }
}
