import Contracts
package import Domain
package import IngestCore
package import RPC
import Runtime

/// Serves `QualityService`.
package struct QualityAPI: Sendable {
    let registry: RegistrySnapshot
    let scores: Scores

    /// The scores of days that are over, and of the one that is not.
    package struct Scores: Sendable {
        /// Of the enterprises, by day and enterprise, after a place.
        package var page:
            @Sendable (ScoreTables.Question, _ limit: Int) async throws -> [ScoreTables.Row]
        package var one: @Sendable (NodeID, _ day: String) async throws -> [QualityScore]
        package var today:
            @Sendable ([NodeID]) async throws -> (day: String, scores: [NodeID: [QualityScore]])
    }

    package init(registry: RegistrySnapshot, scores: Scores) {
        (self.registry, self.scores) = (registry, scores)
    }

    package func register(in router: inout RPCRouter) {
        router.describe(IngestV1.QualityService.file)
        router.unary(IngestV1.QualityService.listScores) { request, call in
            try await list(request, call.principal())
        }
        router.unary(IngestV1.QualityService.explainScores) { request, call in
            try await explain(request, call.principal())
        }
    }

    private func list(
        _ request: IngestV1.ListScoresRequest, _ principal: Principal
    ) async throws -> IngestV1.ListScoresResponse {
        let isSeen = try registry.seen(request.underNodeID, principal)
        let size = pageSize(request.pageSize)
        if request.fromDay.isEmpty { return try await today(request, size, isSeen) }
        let from = try day(request.fromDay, "from_day")
        var question = ScoreTables.Question(
            from: from, to: try request.toDay.isEmpty ? from : day(request.toDay, "to_day"))
        if !request.pageToken.isEmpty {
            let parts = request.pageToken.split(separator: "/", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw badToken(request.pageToken) }
            question.after = (parts[0], parts[1])
        }
        var response = IngestV1.ListScoresResponse()
        var looked = 0
        while looked < IngestLimits.rowsPerCallMax {
            let rows = try await scores.page(question, size + 1)
            for row in rows {
                if isSeen(row.enterprise) {
                    if response.days.count == size {
                        response.nextPageToken = token(question)
                        return response
                    }
                    response.days.append(
                        IngestV1.QualityDay(row.enterprise, row.day, row.scores))
                }
                question.after = (row.day, row.enterprise.text)
            }
            looked += rows.count
            if rows.count <= size { return response }
        }
        response.nextPageToken = token(question)
        return response
    }

    private func token(_ question: ScoreTables.Question) -> String {
        question.after.map { "\($0.day)/\($0.enterprise)" } ?? ""
    }

    /// The day as far as it has come.
    private func today(
        _ request: IngestV1.ListScoresRequest, _ size: Int, _ isSeen: (NodeID) -> Bool
    ) async throws -> IngestV1.ListScoresResponse {
        let all = registry.current.registry.enterprises.values.map(\.node)
            .filter { $0.text > request.pageToken && isSeen($0) }.sorted()
        let page = Array(all.prefix(size))
        let (day, found) = try await scores.today(page)
        return IngestV1.ListScoresResponse(
            days: page.map { IngestV1.QualityDay($0, day, found[$0] ?? []) },
            nextPageToken: page.count < all.count ? page.last?.text ?? "" : "")
    }

    private func explain(
        _ request: IngestV1.ExplainScoresRequest, _ principal: Principal
    ) async throws -> IngestV1.ExplainScoresResponse {
        try principal.require(.service, .officer, .administrator)
        let view = registry.current
        let enterprise = EnterpriseID(request.enterpriseID)
        guard view.registry.enterprises[enterprise] != nil,
            view.isVisible(enterprise, to: principal)
        else {
            throw RPCStatus(
                .notFound,
                "There is no enterprise \"\(enterprise)\" that the token of "
                    + "\(principal.subject) may see.")
        }
        let names = FindingKind.Quality.allCases.map(\.rawValue)
        if !request.quality.isEmpty, !names.contains(request.quality) {
            throw RPCStatus(
                .invalidArgument,
                "There is no quality \"\(request.quality)\". Write one of "
                    + names.joined(separator: ", ") + ".")
        }
        let node = NodeID(enterprise.text)
        var asked = request.day
        let all: [QualityScore]
        if asked.isEmpty {
            let (day, found) = try await scores.today([node])
            (asked, all) = (day, found[node] ?? [])
        } else {
            all = try await scores.one(node, try day(asked, "day"))
        }
        if all.isEmpty {
            throw RPCStatus(.notFound, "\(enterprise) has no scores of \(asked).")
        }
        let wanted = all.filter {
            request.quality.isEmpty || $0.quality.rawValue == request.quality
        }
        return IngestV1.ExplainScoresResponse(
            day: IngestV1.QualityDay(node, asked, wanted),
            losses: wanted.flatMap { score in
                score.losses.prefix(IngestLimits.lossesMax).map {
                    IngestV1.QualityLoss($0, of: score.quality)
                }
            })
    }

    private func day(_ text: String, _ field: String) throws(RPCStatus) -> String {
        if let day = CalendarDay(text) { return day.text }
        throw RPCStatus(
            .invalidArgument, "\(field) \"\(text)\" is no day; write it like 2021-11-01.")
    }
}

extension IngestV1.QualityDay {
    init(_ enterprise: NodeID, _ day: String, _ scores: [QualityScore]) {
        self.init(
            enterpriseID: enterprise.text, day: day,
            scores: scores.map { IngestV1.QualityScore($0) })
    }
}

extension IngestV1.QualityScore {
    init(_ score: QualityScore) {
        self.init(
            quality: score.quality.rawValue, title: score.quality.title, part: score.part,
            whole: score.whole, score: score.score.map { UInt32(clamping: $0) },
            formula: score.formula)
    }
}

extension IngestV1.QualityLoss {
    init(_ loss: QualityScore.Loss, of quality: FindingKind.Quality) {
        self.init(
            quality: quality.rawValue, entryKind: loss.of.rawValue, entryID: loss.id,
            amount: loss.amount, reason: loss.reason)
    }
}
