import ArgumentParser
import Contracts
import Domain
import Foundation

extension CaseCommand {
    struct Timeline: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What happened in a case, line by line with clauses, and what comes next.")

        @Argument(help: "The case.")
        var id: String

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Connection.with(.notification, connection) { service in
                let answer = try await service.unary(
                    NotificationV1.CaseService.getCase, NotificationV1.GetCaseRequest(caseID: id))
                for entry in try await CaseCommand.entries(of: id, service) {
                    let line = JournalText.line(entry, zone: output.zone)
                    output.stream(Record(entry), line: line)
                }
                let coming = answer.due.filter { $0.dueAtUnixMs != 0 || !$0.isPending }
                for due in coming where output.output == .table {
                    let at =
                        due.dueAtUnixMs == 0
                        ? "now"
                        : TimeText.precise(
                            Instant(unixMilliseconds: due.dueAtUnixMs), output.zone)
                    Terminal.out("\(at)  next  \(due.text) → \(due.owner)  [\(due.clause)]")
                }
            }
        }
    }

    struct Certify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the certificate of a case: what was owed, due, done, by whom, proven.",
            discussion: """
                Each line names the entry of the journal that it rests on, with its hash:
                `hazwatch audit certificate FILE --data FOLDER` compares it with the journal \
                without any service.
                """)

        @Argument(help: "The case.")
        var id: String

        @Option(name: .long, help: "Write FILE.json and FILE.html.")
        var to: String

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let certificate = try await Connection.with(.notification, connection) { service in
                // Says so if there is no such case, or the token may not see it.
                _ = try await service.unary(
                    NotificationV1.CaseService.getCase, NotificationV1.GetCaseRequest(caseID: id))
                return Certificate(try await CaseCommand.entries(of: id, service))
            }
            guard let certificate else {
                throw Failure.refused(
                    "The journal holds no entry of case \(id).", next: "Ask with another token.")
            }
            let base = to.hasSuffix(".json") ? String(to.dropLast(5)) : to
            try certificate.json(zone: output.zone).write(to: base + ".json")
            try certificate.html(zone: output.zone).write(to: base + ".html")
            output.print(
                Record([
                    Field("json", "certificate", .text(base + ".json")),
                    Field("html", "to print", .text(base + ".html")),
                    Field("obligations", "obligations", .count(Int64(certificate.rows.count))),
                    Field("missed", "missed or late", .count(Int64(certificate.faults))),
                ]))
        }
    }

    /// All entries of notification's journal that speak of a case, in order.
    static func entries(
        of id: String, _ service: Connection
    ) async throws -> [JournalV1.Entry] {
        var entries: [JournalV1.Entry] = []
        let stream = try await service.stream(
            JournalV1.JournalService.subscribe,
            JournalV1.SubscribeRequest(subject: id, storedOnly: true))
        for try await answer in stream {
            if let entry = answer.entry { entries.append(entry) }
        }
        return entries
    }
}

extension String {
    fileprivate func write(to path: String) throws {
        do {
            try Data(utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw Failure.refused(
                "\(path) could not be written: \(error.localizedDescription)",
                next: "Choose another place with --to.")
        }
    }
}
