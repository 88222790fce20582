import ArgumentParser
import Contracts

/// What the services decided.
struct JournalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal", abstract: "Read what the services decided.",
        subcommands: [Tail.self])

    struct Tail: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The last entries of a journal, and with --follow those that come.")

        @Option(name: .long, help: "ingest, risk or notification.")
        var service: ServiceName

        @Flag(name: .long, help: "Stay and print what comes; Ctrl-C ends it.")
        var follow = false

        @Option(name: .long, help: "After this sequence number; 0: from the first.")
        var after: UInt64?

        @Option(name: .long, help: "Without --after: so many of the last entries.")
        var last: UInt64 = 20

        @Option(name: .long, help: "Only kinds that start with this; may be given more than once.")
        var kind: [String] = []

        @Option(name: .long, help: "Only this subject, such as a hazard source's id.")
        var subject: String = ""

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            var reached = after
            var attempt = 0
            while true {
                do {
                    try await Connection.with(service, connection) { service in
                        let start = try await start(service, reached)
                        try await print(from: start, service, &reached)
                    }
                    return
                } catch Failure.unreachable(let text, let next) {
                    // A tail outlives a restart of the service; one that never began does not.
                    guard follow, reached != nil, attempt < 60 else {
                        throw Failure.unreachable(text, next: next)
                    }
                    attempt += 1
                    try await Task.sleep(for: .seconds(1))
                }
            }
        }

        private func start(_ service: Connection, _ reached: UInt64?) async throws -> UInt64 {
            if let reached { return reached }
            let head = try await service.unary(
                JournalV1.JournalService.head, JournalV1.HeadRequest())
            return head.seq > last ? head.seq - last : 0
        }

        private func print(
            from start: UInt64, _ service: Connection, _ reached: inout UInt64?
        ) async throws {
            let entries = try await service.stream(
                JournalV1.JournalService.subscribe,
                JournalV1.SubscribeRequest(
                    afterSeq: start, kindPrefixes: kind, subject: subject, storedOnly: !follow))
            for try await answer in entries {
                guard let entry = answer.entry else { continue }
                let line = JournalText.line(entry, zone: output.zone)
                output.stream(Record(entry), line: line)
                reached = entry.seq
            }
        }
    }
}
