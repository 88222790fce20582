import ArgumentParser
import Domain
import Foundation
import IngestCore
import RPC
import Runtime

/// Gateways of other makers.
struct GatewayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway", abstract: "Try gateways before they are connected.",
        subcommands: [Check.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stand as the platform in front of a gateway, and check what it does.",
            discussion: """
                Point the gateway at the address, with the token and the points that are in the \
                folder --to, let it send every --every, and wait. The check takes batches, loses \
                an answer, is overloaded, refuses a reading and cuts the line; it says of each \
                rule whether the gateway kept it, and what to do if not. Nothing is stored. \
                docs/GATEWAYS.md says how a gateway works. Exit code 0 only if all passed.
                """)

        @Option(name: .long, help: "HOST:PORT to listen on; port 0: any that is free.")
        var listen = "127.0.0.1:0"

        @Option(name: .long, help: "A new folder for the files token, points and address.")
        var to: String

        @Option(name: .long, help: "The gateway_id that the gateway sends.")
        var gateway = "check-gateway"

        @Option(name: .long, help: "A file of point ids, one a line; none: twenty of our own.")
        var points: String?

        @Option(name: .long, help: "How often the gateway sends, such as 500ms, 1s or 10s.")
        var every = "1s"

        @Option(name: .long, help: "How long the line is cut; none: twenty times --every.")
        var cut: String?

        @Option(name: .long, help: "How long the next batch is waited for.")
        var patience = "2min"

        @OptionGroup var output: OutputOptions

        private static let ownPointCount = 20
        private static let enterprise = EnterpriseID("check-enterprise")

        func run() async throws {
            let plan = try plan()
            let address = try address()
            let token = try await prepare(plan)
            let trial = try await TrialServer(plan, token: token).run(listen: address) { port in
                try tell(port, plan)
            }
            let rows = trial.report
            let passed = rows.count { $0.verdict == .passed }
            output.print(
                Record([
                    Field("passed", "passed", .count(Int64(passed))),
                    Field("failed", "failed", .count(Int64(rows.count { $0.verdict == .failed }))),
                    Field(
                        "not_seen", "not seen", .count(Int64(rows.count { $0.verdict == .notSeen }))
                    ),
                    Field("rules", "rules", .records(rows.map(\.record))),
                ]))
            if passed < rows.count {
                throw Failure.refused(
                    "\(rows.count - passed) of \(rows.count) rules are not kept.",
                    next: "Do what stands beside each, and check again; docs/GATEWAYS.md has all.")
            }
        }

        private func plan() throws -> GatewayTrial.Plan {
            let every = try length(every, "every")
            return GatewayTrial.Plan(
                gateway: Gateway(
                    id: GatewayID(gateway), enterprise: Self.enterprise, name: gateway),
                points: try pointIDs(), every: every,
                cut: try cut.map { try length($0, "cut") } ?? every * 20,
                patience: try length(patience, "patience"))
        }

        private func length(_ text: String, _ option: String) throws -> Interval {
            if let interval = TimeText.interval(text), interval > .seconds(0) { return interval }
            throw ValidationError("--\(option) \"\(text)\" is not a length. Write it like 1s.")
        }

        private func pointIDs() throws -> Set<PointID> {
            guard let points else {
                return Set((1...Self.ownPointCount).map { PointID("check-point-\($0)") })
            }
            guard let text = try? String(contentsOfFile: points, encoding: .utf8) else {
                throw Failure.refused(
                    "\(points) cannot be read as text.", next: "Write a point id on each line.")
            }
            let ids = text.split(whereSeparator: \.isNewline)
                .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
            if ids.isEmpty {
                throw Failure.refused(
                    "\(points) names no point.", next: "Write a point id on each line.")
            }
            return Set(ids.map { PointID($0) })
        }

        private func address() throws -> RPCAddress {
            guard let colon = listen.lastIndex(of: ":"),
                let port = Int(listen[listen.index(after: colon)...]), (0...65_535).contains(port)
            else {
                throw ValidationError("--listen \"\(listen)\" is not HOST:PORT.")
            }
            return .hostPort(String(listen[..<colon]), port)
        }

        /// Writes what the gateway needs to know before there is an address.
        private func prepare(_ plan: GatewayTrial.Plan) async throws -> String {
            do {
                try PrivateFile.createFolder(to)
                let token = try await TokenKey.open(path: to + "/key").issue(
                    subject: gateway, role: .gateway, node: NodeID(Self.enterprise.text),
                    life: .day)
                try PrivateFile.create(to + "/token", Array((token + "\n").utf8))
                let ids = plan.points.map(\.text).sorted().joined(separator: "\n") + "\n"
                try PrivateFile.create(to + "/points", Array(ids.utf8))
                return token
            } catch let failure as FileFailure {
                throw Failure.refused("\(failure)", next: "Name a folder that is not there yet.")
            } catch let failure as TokenKeyFailure {
                throw Failure.refused("\(failure)", next: "Name a folder that is not there yet.")
            }
        }

        private func tell(_ port: Int, _ plan: GatewayTrial.Plan) throws {
            let host = listen.prefix { $0 != ":" }
            try PrivateFile.create(to + "/address", Array("\(host):\(port)\n".utf8))
            Terminal.error(
                "Listening on \(host):\(port). Start gateway \(gateway) now, with \(to)/token and "
                    + "\(to)/points; it is waited for \(TimeText.text(plan.patience)).")
        }
    }
}
