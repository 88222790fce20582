import ArgumentParser
import Domain

/// How a command prints what it was asked for.
struct OutputOptions: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

    @Option(name: .long, help: "table for people, json for programs.")
    var output: Format = .table

    @Option(
        name: .long, help: "The zone in which times are shown and read, such as +08:00.",
        transform: { text in
            guard let zone = TimeText.zone(text) else {
                throw ValidationError("\"\(text)\" is not a zone. Write it like +08:00.")
            }
            return zone
        })
    var zone: Zone = .beijing

    /// Prints a list; `empty` says what its absence means.
    func print(_ records: [Record], empty: String) {
        switch output {
        case .json: Terminal.out(JSON.list(records.map { $0.json(zone: zone) }).pretty)
        case .table where records.isEmpty: Terminal.out(empty)
        case .table: Table.lines(records, zone: zone).forEach(Terminal.out)
        }
    }

    /// Prints one thing with all that is known of it.
    func print(_ record: Record) {
        switch output {
        case .json: Terminal.out(record.json(zone: zone).pretty)
        case .table: Table.details(record, zone: zone).forEach(Terminal.out)
        }
    }

    /// Prints one of a stream: a line as it comes.
    func stream(_ record: Record, line: String) {
        switch output {
        case .json: Terminal.out(record.json(zone: zone).line)
        case .table: Terminal.out(line)
        }
    }

    /// Reads a time that was given as an option.
    func instant(_ text: String, option: String) throws -> Instant {
        if let instant = TimeText.instant(text, zone: zone) { return instant }
        throw ValidationError(
            "--\(option) \"\(text)\" is not a time. Write it like \"2021-11-01 08:00:00 +08:00\".")
    }
}
