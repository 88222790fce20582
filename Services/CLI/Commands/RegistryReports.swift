import ArgumentParser
import Contracts
import Domain

extension RegistryCommand {
    /// What the packs let be registered.
    struct Packs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the industry packs: kinds of entries, their fields, indicators, lists.")

        @Argument(help: "Only this pack.")
        var pack: String?

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.RegistryService.listPacks, IngestV1.ListPacksRequest())
            }
            let packs = answer.packs.filter { pack == nil || $0.id == pack }
            guard output.output == .table else {
                return output.print(packs.map(\.record), empty: "")
            }
            if packs.isEmpty {
                throw Failure.refused(
                    "There is no pack \(pack ?? "").",
                    next: "There are \(answer.packs.map(\.id).joined(separator: ", ")).")
            }
            packs.flatMap(RegistryText.lines).forEach(Terminal.out)
        }
    }

    /// Whose limits are verified.
    struct Thresholds: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the limits of tanks: verified by whom, when, by what; or unverified.")

        @Option(name: .long, help: "Only what stands under this node.")
        var under: String = ""

        @Flag(name: .long, help: "Only what is unverified.")
        var unverified = false

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.RegistryService.listThresholds,
                    IngestV1.ListThresholdsRequest(
                        underNodeID: under, unverifiedOnly: unverified))
            }
            output.print(
                answer.devices.map(\.record), empty: "No device whose limits are verified.")
        }
    }

    /// What should be there, and what is.
    struct Coverage: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put what should be connected beside what is registered.")

        @Option(name: .long, help: "Only what stands under this node.")
        var under: String = ""

        @Flag(name: .long, help: "Only what somebody must do something about.")
        var missing = false

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.RegistryService.listCoverage,
                    IngestV1.ListCoverageRequest(underNodeID: under, missingOnly: missing))
            }
            output.print(answer.rows.map(\.record), empty: "Nothing is missing.")
        }
    }

    /// Which enterprises the scope rules of the packs name.
    struct Scope: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the enterprises that a pack's scope names, and who is not connected.")

        @Option(name: .long, help: "Only what stands under this node.")
        var under: String = ""

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.RegistryService.listScope,
                    IngestV1.ListScopeRequest(underNodeID: under))
            }
            output.print(answer.rows.map(\.record), empty: "No enterprise is in scope.")
        }
    }
}

/// What the registry answers, in lines for people.
enum RegistryText {
    /// Entry by entry and field by field, then the remarks.
    static func lines(of answer: IngestV1.ImportResponse) -> [String] {
        var lines: [String] = []
        for change in answer.changes {
            let sign = change.isNew ? "+" : "~"
            lines.append("\(sign) \(change.kind) \(change.id)  \(change.name)".printable)
            for field in change.fields {
                let before = field.before.isEmpty ? "-" : field.before
                let after = field.after.isEmpty ? "-" : field.after
                lines.append(
                    change.isNew
                        ? "    \(field.field): \(after)".printable
                        : "    \(field.field): \(before) → \(after)".printable)
            }
        }
        if answer.changesLeftOut > 0 {
            lines.append("… and \(answer.changesLeftOut) entries more")
        }
        for remark in answer.remarks {
            let place = remark.line > 0 ? "line \(remark.line): " : ""
            lines.append("remark: \(place)\(remark.text)".printable)
        }
        return lines
    }

    static func lines(of pack: IngestV1.Pack) -> [String] {
        var lines = ["\(pack.id)/\(pack.version)  \(pack.title)"]
        lines += pack.standards.map { "  标准 standard: \($0)" }
        for indicator in pack.indicators {
            let units =
                indicator.units.isEmpty ? "" : " [\(indicator.units.joined(separator: " "))]"
            let sort = indicator.isGas ? " gas" : indicator.isDiscrete ? " on/off" : ""
            lines.append("  指标 indicator \(indicator.id): \(indicator.title)\(units)\(sort)")
        }
        for kind in pack.kinds {
            let name = kind.kind.isEmpty ? kind.of : "\(kind.of) \(kind.kind)"
            let under = kind.under.isEmpty ? "" : ", under \(kind.under.joined(separator: " or "))"
            lines.append("  \(name): \(kind.title)\(under)")
            for fact in kind.facts {
                let marks = [fact.isRequired ? "required" : "", fact.isMany ? "several" : ""]
                    .filter { !$0.isEmpty }
                let tail = ([fact.type] + marks + [fact.clause].filter { !$0.isEmpty })
                    .joined(separator: ", ")
                lines.append("    \(fact.id): \(fact.title) (\(tail))")
            }
        }
        for list in pack.lists {
            let words = list.words.map { "\($0.id) \($0.title)" }.joined(separator: ", ")
            lines.append("  列表 list \(list.id): \(list.title): \(words)")
        }
        return lines.map(\.printable)
    }
}
