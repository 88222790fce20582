import ArgumentParser
import Contracts
import Domain

/// What is said as proof: `part=text`, as often as there are parts.
struct ProofOptions: ParsableArguments {
    @Option(
        name: .long, parsing: .upToNextOption,
        help: "What is said of each part that is asked for, as PART=TEXT; `case show` names them.")
    var say: [String] = []

    func values() throws -> [NotificationV1.ProofValue] {
        try say.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw ValidationError("`\(text)` is no PART=TEXT, such as cause=阀门内漏.")
            }
            return NotificationV1.ProofValue(part: String(parts[0]), text: String(parts[1]))
        }
    }
}

/// Which obligation of a case, and which round of it: `3.2`, or `3`.
struct ObligationNumber: ExpressibleByArgument, Equatable {
    var number: UInt32
    /// 0: it is not said.
    var round: UInt32

    init?(argument: String) {
        let parts = argument.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let number = UInt32(parts[0]), number > 0,
            let round = parts.count == 1 ? 0 : UInt32(parts[1]), parts.count == 1 || round > 0
        else { return nil }
        (self.number, self.round) = (number, round)
    }
}

extension CaseCommand {
    struct Open: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open a case that no level opens.",
            discussion: "The same id again opens no second case.")

        @Argument(help: "An id of your choice, such as leak-20211101.")
        var id: String

        @Option(name: .long, help: "emergency, offline, finding or plannedWork.")
        var kind: Kind

        @Option(name: .long, help: "The enterprise or body that it is about.")
        var node: String

        @Option(name: .long, help: "The hazard source that it is about.")
        var source: String = ""

        @Option(name: .long, help: "What it is about.")
        var cause: String

        @Option(
            name: .long,
            help: "For planned work: when it begins, such as 2021-11-05T22:00:00+08:00.")
        var startsAt: String?

        @Flag(name: .long, help: "It is a drill.")
        var drill = false

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        enum Kind: String, ExpressibleByArgument, CaseIterable {
            case emergency, offline, finding, plannedWork

            var wire: NotificationV1.CaseKind {
                switch self {
                case .emergency: .emergency
                case .offline: .offline
                case .finding: .finding
                case .plannedWork: .plannedWork
                }
            }
        }

        func run() async throws {
            var request = NotificationV1.OpenCaseRequest(
                id: id, kind: kind.wire, nodeID: node, hazardSourceID: source, cause: cause,
                isDrill: drill)
            if let startsAt {
                guard let instant = TimeText.instant(startsAt, zone: output.zone) else {
                    throw ValidationError(
                        "`\(startsAt)` is no time; write it as 2021-11-05T22:00:00+08:00.")
                }
                request.startsAtUnixMs = instant.unixMilliseconds
            }
            let answer = try await Connection.with(.notification, connection) { [request] in
                try await $0.unary(NotificationV1.CaseService.openCase, request)
            }
            if let one = answer.case { output.print(Record(one)) }
        }
    }

    struct Fulfil: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that what an obligation demands was done; a draft is issued by this.")

        @Argument(help: "The case.")
        var id: String

        @Argument(
            help: """
                Which obligation of the case: its number in `obligation list`, such as 3.1; for \
                what is owed once, 3 will do.
                """)
        var obligation: ObligationNumber

        @OptionGroup var proof: ProofOptions
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let request = NotificationV1.FulfilObligationRequest(
                caseID: id, obligation: obligation.number, proof: try proof.values(),
                round: obligation.round)
            let answer = try await Connection.with(.notification, connection) {
                try await $0.unary(NotificationV1.CaseService.fulfilObligation, request)
            }
            if let one = answer.obligation { output.print(Record(one)) }
        }
    }

    struct Declare: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Declare something in a case, such as an explanation.")

        @Argument(help: "The case.")
        var id: String

        @Argument(help: "The declaration, as the profile names it: explanation, plan, siteNeeded …")
        var declaration: String

        @Option(
            name: .long,
            help: """
                An id of your choice: the same again declares nothing twice. Without it a new one \
                is made, and said if no answer comes.
                """)
        var key: String?

        @OptionGroup var proof: ProofOptions
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let key = self.key ?? "cli-\(UInt64.random(in: 0 ... .max))"
            let request = NotificationV1.DeclareRequest(
                caseID: id, declaration: declaration, proof: try proof.values(), key: key)
            do {
                let answer = try await Connection.with(.notification, connection) {
                    try await $0.unary(NotificationV1.CaseService.declare, request)
                }
                if let one = answer.case { output.print(Record(one)) }
            } catch Failure.unreachable(let text, let next) {
                throw Failure.unreachable(
                    text, next: next + " It may have been declared: say it again with --key \(key)."
                )
            }
        }
    }

    struct Clear: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register that it is over, where no level says so.")

        @Argument(help: "The case.")
        var id: String

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.notification, connection) {
                try await $0.unary(
                    NotificationV1.CaseService.registerClearing,
                    NotificationV1.RegisterClearingRequest(caseID: id))
            }
            if let one = answer.case { output.print(Record(one)) }
        }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close a case; refused while the profile demands something of it.")

        @Argument(help: "The case.")
        var id: String

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.notification, connection) {
                try await $0.unary(
                    NotificationV1.CaseService.closeCase,
                    NotificationV1.CloseCaseRequest(caseID: id))
            }
            if let one = answer.case { output.print(Record(one)) }
        }
    }

    struct Drill: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Play a level of a hazard source in a drill; blue ends it.",
            discussion: "All texts say that it is a drill, and it is counted apart.")

        @Argument(help: "The drill, an id of your choice.")
        var id: String

        @Argument(help: "The hazard source.")
        var source: String

        @Argument(help: "red, orange, yellow or blue.")
        var level: Level

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        enum Level: String, ExpressibleByArgument, CaseIterable {
            case red, orange, yellow, blue

            var wire: CommonV1.WarningLevel {
                switch self {
                case .red: .red
                case .orange: .orange
                case .yellow: .yellow
                case .blue: .blue
                }
            }
        }

        func run() async throws {
            let answer = try await Connection.with(.notification, connection) {
                try await $0.unary(
                    NotificationV1.CaseService.playDrill,
                    NotificationV1.PlayDrillRequest(
                        drillID: id, hazardSourceID: source, level: level.wire))
            }
            if let one = answer.case { output.print(Record(one)) }
        }
    }
}
