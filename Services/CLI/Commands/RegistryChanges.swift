import ArgumentParser
import Contracts
import Domain

extension RegistryCommand {
    /// Asks for one entry to be changed or removed.
    struct Propose: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask for an entry to be changed or removed; a reviewer decides.")

        @Argument(help: "The kind of entry, such as point.")
        var kind: String

        @Argument(help: "Its id.")
        var id: String

        @Option(name: .long, help: "A field and what it should say, such as high=85; repeat it.")
        var set: [String] = []

        @Flag(name: .long, help: "The entry is to be removed.")
        var remove = false

        @Option(name: .long, help: "Why.")
        var reason: String

        @Option(name: .long, help: "A name of your own for the request; sent again it is the same.")
        var request: String

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            if remove != set.isEmpty {
                throw ValidationError("Write --set FIELD=VALUE, or --remove, and not both.")
            }
            if let wrong = set.first(where: { !$0.contains("=") }) {
                throw ValidationError("--set \"\(wrong)\" has no =. Write it like high=85.")
            }
        }

        func run() async throws {
            let fields = set.map { text in
                let parts = text.split(
                    separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return IngestV1.FieldChange(field: String(parts[0]), after: String(parts[1]))
            }
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.RegistryService.proposeChange,
                    IngestV1.ProposeChangeRequest(
                        id: request, kind: kind, entryID: id, isRemoval: remove, fields: fields,
                        reason: reason))
            }
            if let change = answer.change { output.print(change.record) }
        }
    }

    /// Accepts or refuses a request.
    struct Review: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Accept or refuse a request; what is proposed is in force once accepted.")

        @Argument(help: "The name of the request.")
        var request: String

        @Flag(name: .long, help: "Accept it.")
        var accept = false

        @Flag(name: .long, help: "Refuse it; say why with --reason.")
        var refuse = false

        @Option(name: .long, help: "Why.")
        var reason: String = ""

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            if accept == refuse { throw ValidationError("Write --accept or --refuse.") }
        }

        func run() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.RegistryService.reviewChange,
                    IngestV1.ReviewChangeRequest(
                        id: request, verdict: accept ? "accept" : "refuse", reason: reason))
            }
            if let change = answer.change { output.print(change.record) }
        }
    }

    /// Lists the requests.
    struct Requests: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the requests that wait for a reviewer.")

        @Option(name: .long, help: "Only of what stands under this node.")
        var under: String = ""

        @Flag(name: .long, help: "Those that are decided as well.")
        var all = false

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.RegistryService.listChanges,
                    IngestV1.ListChangesRequest(underNodeID: under, withDecided: all))
            }
            output.print(answer.changes.map(\.record), empty: "No request waits for a reviewer.")
        }
    }

    /// What became of one entry, out of the journal.
    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell what became of an entry: who changed what, when, by which request.")

        @Argument(help: "The id of the entry.")
        var id: String

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let id = id
            let entries = try await Connection.with(.ingest, connection) { client in
                let stream = try await client.stream(
                    JournalV1.JournalService.subscribe,
                    JournalV1.SubscribeRequest(subject: id, storedOnly: true))
                var entries: [JournalV1.Entry] = []
                for try await item in stream { if let entry = item.entry { entries.append(entry) } }
                return entries
            }
            output.print(
                RegistryHistory.records(entries, zone: output.zone),
                empty: "The journal tells nothing of \(id) that the token may see.")
        }
    }
}

/// The journal of one entry as a history.
enum RegistryHistory {
    static func records(_ entries: [JournalV1.Entry], zone: Zone) -> [Record] {
        var isKnown = false
        return entries.compactMap { entry in
            guard let kind = JournalKind(rawValue: entry.kind),
                let record = try? JournalRecord(kind: kind, body: entry.body)
            else { return nil }
            let at = Instant(unixMilliseconds: entry.atUnixMs)
            switch record {
            case .entryRecorded(let one):
                return row(
                    at, one.isRemoval ? "removed" : "changed", by: one.by,
                    reviewedBy: one.reviewedBy, one.origin, one.reason, one.change?.fields ?? [])
            case .changeRequested(let one):
                return row(
                    at, "request \(one.state)", by: one.reviews.last?.by ?? one.proposedBy,
                    reviewedBy: [], one.id, one.reviews.last?.reason ?? one.reason, one.fields)
            case .nodePut, .enterprisePut, .hazardSourcePut, .devicePut, .pointPut, .personPut,
                .officerPut, .gatewayPut, .objectPut, .cameraPut:
                // What a later put changed stands in the record after it.
                defer { isKnown = true }
                return isKnown
                    ? nil : row(at, "registered", by: "", reviewedBy: [], "", "", [])
            case _: return nil
            }
        }
    }

    private static func row(
        _ at: Instant, _ what: String, by: String, reviewedBy: [String], _ origin: String,
        _ reason: String, _ fields: [IngestV1.FieldChange]
    ) -> Record {
        Record([
            Field("at", "when", .time(at)),
            Field("what", "what", .text(what)),
            Field("by", "by", .text(by)),
            Field("reviewed_by", "reviewed by", .text(reviewedBy.joined(separator: ", "))),
            Field("origin", "request or file", .text(origin)),
            Field("reason", "reason", .text(reason)),
            Field(
                "change", "before → after",
                .text(
                    fields.map { field in
                        let before = field.before.isEmpty ? "-" : field.before
                        let after = field.after.isEmpty ? "-" : field.after
                        return "\(field.field): \(before) → \(after)"
                    }.joined(separator: "; "))),
        ])
    }
}

extension IngestV1.Change {
    var record: Record {
        Record([
            Field("id", "request", .text(id)),
            Field("kind", "kind", .text(kind)),
            Field("entry", "entry", .text(entryID)),
            Field("node", "belongs to", .text(nodeID)),
            Field("is_removal", "removal", .flag(isRemoval)),
            Field(
                "fields", "before → after",
                .text(
                    fields.map { "\($0.field): \($0.before) → \($0.after)" }
                        .joined(separator: "; "))),
            Field("reason", "reason", .text(reason)),
            Field("proposed_by", "by", .text(proposedBy)),
            Field("proposed", "when", .time(Instant(unixMilliseconds: proposedUnixMs))),
            Field("second_because", "second person, as", .text(secondBecause)),
            Field("state", "state", .text(state)),
            Field(
                "reviews", "reviews",
                .text(reviews.map { "\($0.by): \($0.verdict)" }.joined(separator: "; "))),
            Field("clause", "clause", .text(clause)),
        ])
    }
}
