import Contracts
import Domain
import Kernel
import RPC
import Runtime
import Synchronization

/// What people did and were told is done.
struct Acknowledged: Sendable {
    enum Deed: Sendable {
        /// With this text in its proof, which no other deed has.
        case fulfilled(obligation: UInt32, mark: String)
        case declared(String, mark: String)
        case cleared, closed
    }

    var caseID: String
    var deed: Deed
}

/// People at all desks: they do what they owe, explain themselves, clear and close.
final class Officers: Sendable {
    private struct Kept {
        var done: [Acknowledged] = []
        var refusals = 0
        var repeats = 0
        var lastMark = 0
    }

    private let platform: KilledPlatform
    private let seed: UInt64
    private let kept = Mutex(Kept())

    init(_ platform: KilledPlatform, seed: UInt64) {
        (self.platform, self.seed) = (platform, seed)
    }

    var done: [Acknowledged] { kept.withLock { $0.done } }
    /// How often something was refused, and how often it was said again for want of an answer.
    var refusals: Int { kept.withLock { $0.refusals } }
    var repeats: Int { kept.withLock { $0.repeats } }

    /// They work until the task is cancelled.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, node) in KillPlant.nodes.enumerated() {
                group.addTask { try await self.work(at: node, seed: UInt64(index)) }
            }
            try await group.waitForAll()
        }
    }

    private func work(at node: String, seed number: UInt64) async throws {
        var random = SeededRandom(seed: seed &+ 31 &+ number &* 104_729)
        let desk = try await desk(node)
        while !Task.isCancelled {
            switch random.integer(in: 1...10) {
            case 1...5: try await desk.fulfilSomething(&random)
            case 6: if node.hasPrefix("e") { try await desk.declareSomething(&random) }
            case 7, 8: if node.hasPrefix("e") { try await desk.clearOne(&random) }
            case _: try await desk.closeOne(&random)
            }
            // People are slower than this; the service has enough to do.
            try? await Task.sleep(for: .milliseconds(random.integer(in: 50...900)))
        }
        await desk.client.close()
    }

    /// Registers the end of every warning that is back at blue; false while there are others.
    func clearEverything() async throws -> Bool {
        var isOver = true
        for node in KillPlant.works.map(\.enterprise) {
            let desk = try await desk(node)
            for one in try await desk.cases() where one.clearedAtUnixMs == 0 {
                guard one.level == .blue else {
                    isOver = false
                    continue
                }
                try await desk.clear(one.id)
            }
            await desk.client.close()
        }
        return isOver
    }

    private func desk(_ node: String) async throws -> Desk {
        let client = try await platform.client(
            of: "notification", as: .officer, node: node, subject: "officer-\(node)")
        return Desk(node: node, client: client, officers: self)
    }

    fileprivate func note(_ one: Acknowledged) { kept.withLock { $0.done.append(one) } }
    fileprivate func noteRefusal() { kept.withLock { $0.refusals += 1 } }
    fileprivate func noteRepeat() { kept.withLock { $0.repeats += 1 } }

    fileprivate func newMark() -> String {
        kept.withLock { kept in
            kept.lastMark += 1
            return "凭证\(kept.lastMark)号"
        }
    }
}

private struct Desk {
    let node: String
    let client: RPCClient
    let officers: Officers

    typealias Service = NotificationV1.CaseService

    func cases() async throws -> [NotificationV1.Case] {
        try await ask(Service.listCases, .init())?.cases ?? []
    }

    func fulfilSomething(_ random: inout SeededRandom) async throws {
        let board = try await ask(Service.listObligations, .init(nodeID: node))
        let owed = (board?.due ?? []).filter {
            $0.nodeID == node && !$0.isPending && !$0.proof.isEmpty
        }
        if owed.isEmpty { return }
        let one = owed[Int(random.integer(in: 0...Int64(owed.count - 1)))]
        let mark = officers.newMark()
        let request = NotificationV1.FulfilObligationRequest(
            caseID: one.caseID, obligation: one.obligation,
            proof: one.proof.map { .init(part: $0.id, text: text($0.form, mark)) },
            round: one.round)
        guard try await ask(Service.fulfilObligation, request) != nil else { return }
        let hasMark = one.proof.contains { ["text", "name"].contains($0.form) }
        if hasMark {
            officers.note(
                .init(
                    caseID: one.caseID,
                    deed: .fulfilled(obligation: one.obligation, mark: mark)))
        }
    }

    private func text(_ form: String, _ mark: String) -> String {
        switch form {
        case "instant": "\(SystemTime().now().unixMilliseconds)"
        case "yesOrNo": "no"
        case _: mark
        }
    }

    func declareSomething(_ random: inout SeededRandom) async throws {
        guard let one = try await anyCase(&random, where: { $0.clearedAtUnixMs == 0 }) else {
            return
        }
        let mark = officers.newMark()
        let isPlan = random.chance(1, of: 2)
        let declaration = isPlan ? "rectificationPlan" : "explanation"
        let proof: [NotificationV1.ProofValue] =
            isPlan
            ? [
                .init(part: "plan", text: mark),
                .init(part: "deadline", text: "\(SystemTime().now().unixMilliseconds)"),
            ] : [.init(part: "text", text: mark), .init(part: "filing", text: "备案")]
        let request = NotificationV1.DeclareRequest(
            caseID: one.id, declaration: declaration, proof: proof,
            key: "mark-" + mark.filter(\.isNumber))
        guard try await ask(Service.declare, request) != nil else { return }
        officers.note(.init(caseID: one.id, deed: .declared(declaration, mark: mark)))
    }

    func clearOne(_ random: inout SeededRandom) async throws {
        let one = try await anyCase(&random) { $0.level == .blue && $0.clearedAtUnixMs == 0 }
        if let one { try await clear(one.id) }
    }

    func clear(_ id: String) async throws {
        guard try await ask(Service.registerClearing, .init(caseID: id)) != nil else { return }
        officers.note(.init(caseID: id, deed: .cleared))
    }

    func closeOne(_ random: inout SeededRandom) async throws {
        guard let one = try await anyCase(&random, where: { $0.clearedAtUnixMs != 0 }),
            try await ask(Service.closeCase, .init(caseID: one.id)) != nil
        else { return }
        officers.note(.init(caseID: one.id, deed: .closed))
    }

    private func anyCase(
        _ random: inout SeededRandom, where isRight: (NotificationV1.Case) -> Bool
    ) async throws -> NotificationV1.Case? {
        let all = try await cases().filter(isRight)
        return all.isEmpty ? nil : all[Int(random.integer(in: 0...Int64(all.count - 1)))]
    }

    /// Asks until there is an answer, the same each time; nil if it is refused.
    private func ask<I, O>(_ method: RPCMethod<I, O>, _ request: I) async throws -> O? {
        while true {
            do {
                let options = CallOptions(timeout: .seconds(60), waitForReady: true)
                return try await client.unary(method, request, options: options)
            } catch {
                switch error.code {
                case .unavailable, .deadlineExceeded, .unknown, .aborted:
                    officers.noteRepeat()
                    // Whoever has no answer asks again; the service starts in real time.
                    try? await Task.sleep(for: .milliseconds(20))
                case .cancelled:
                    if Task.isCancelled { return nil }
                    officers.noteRepeat()
                case .internal, .dataLoss, .unauthenticated, .unimplemented:
                    throw error
                case .ok, .invalidArgument, .notFound, .alreadyExists, .permissionDenied,
                    .resourceExhausted, .failedPrecondition, .outOfRange:
                    officers.noteRefusal()
                    return nil
                }
                if Task.isCancelled { return nil }
            }
        }
    }
}
