import Contracts
import Domain
import IngestCore
import RPC
import Runtime

/// What was sent, missed and published, and the statistics.
extension CommitmentAPI {
    func registerLists(in router: inout RPCRouter) {
        router.unary(IngestV1.CommitmentService.getCommitment) { request, call in
            try await get(request, call.principal())
        }
        router.unary(IngestV1.CommitmentService.listCommitments) { request, call in
            try await list(request, call.principal())
        }
        router.unary(IngestV1.CommitmentService.readBoard) { request, call in
            try await board(request, call.principal())
        }
        router.unary(IngestV1.CommitmentService.countCommitments) { request, call in
            try await count(request, call.principal())
        }
        router.unary(IngestV1.CommitmentService.listDelegations) { request, call in
            let principal = try call.principal()
            try principal.require(.officer, .administrator, .service)
            let enterprise = try visible(request.enterpriseID, principal)
            let all = try await engine.read { $0.commitments.delegations(of: enterprise) }
            return IngestV1.ListDelegationsResponse(
                delegations: all.map { IngestV1.Delegation($0) })
        }
    }

    private func today() async throws -> CalendarDay {
        let now = clock.now()
        guard let today = try await engine.read({ $0.commitments.today(at: now) }) else {
            throw RPCStatus(.failedPrecondition, "The clock shows no day between 2000 and 2099.")
        }
        return today
    }

    private func get(
        _ request: IngestV1.GetCommitmentRequest, _ principal: Principal
    ) async throws -> IngestV1.GetCommitmentResponse {
        try principal.require(.officer, .administrator, .service)
        let enterprise = try visible(request.enterpriseID, principal)
        let asked = try await request.day.isEmpty ? today() : day(request.day, "day")
        let row = try await days.one(asked, enterprise)
        guard let row else {
            throw RPCStatus(
                .notFound, "\(enterprise) has neither committed itself for \(asked) nor missed it.")
        }
        return IngestV1.GetCommitmentResponse(day: try wire(row, try await hidden(principal)))
    }

    // MARK: List

    private func list(
        _ request: IngestV1.ListCommitmentsRequest, _ principal: Principal
    ) async throws -> IngestV1.ListCommitmentsResponse {
        try principal.require(.officer, .administrator, .service)
        let isSeen = try registry.seen(request.underNodeID, principal)
        if !request.standing.isEmpty, CommitmentStanding(rawValue: request.standing) == nil {
            throw RPCStatus(
                .invalidArgument,
                "There is no standing \"\(request.standing)\". Write inTime, late or missed.")
        }
        var question = try await question(request)
        let hidden = try await hidden(principal)
        let size = pageSize(request.pageSize)
        var response = IngestV1.ListCommitmentsResponse()
        var looked = 0
        // One row more than a page has says whether there is another page.
        while looked < IngestLimits.rowsPerCallMax {
            let rows = try await days.page(question, size + 1)
            for row in rows {
                let isWanted =
                    isSeen(NodeID(row.enterprise))
                    && (request.standing.isEmpty || row.standing == request.standing)
                    && !(request.unhandledOnly && (row.missed == nil || row.isHandled))
                if isWanted {
                    if response.days.count == size {
                        response.nextPageToken = token(question)
                        return response
                    }
                    response.days.append(try wire(row, hidden))
                }
                question.after = (row.day, row.enterprise)
            }
            looked += rows.count
            if rows.count <= size { return response }
        }
        response.nextPageToken = token(question)
        return response
    }

    private func question(
        _ request: IngestV1.ListCommitmentsRequest
    ) async throws -> CommitmentTables.Question {
        let today = try await today()
        let from = try request.fromDay.isEmpty ? today : day(request.fromDay, "from_day")
        let to = try request.toDay.isEmpty ? from : day(request.toDay, "to_day")
        let isOne =
            registry.current.registry.enterprises[EnterpriseID(request.underNodeID)] != nil
        var question = CommitmentTables.Question(
            from: from.text, to: to.text, enterprise: isOne ? request.underNodeID : nil)
        if !request.pageToken.isEmpty {
            let parts = request.pageToken.split(separator: "/", maxSplits: 1).map(String.init)
            guard parts.count == 2, CalendarDay(parts[0]) != nil else {
                throw badToken(request.pageToken)
            }
            question.after = (parts[0], parts[1])
        }
        return question
    }

    private func token(_ question: CommitmentTables.Question) -> String {
        question.after.map { "\($0.day)/\($0.enterprise)" } ?? ""
    }

    private func wire(
        _ row: CommitmentTables.Row, _ hidden: [String]
    ) throws -> IngestV1.CommitmentDay {
        let enterprise = registry.current.registry.enterprises[EnterpriseID(row.enterprise)]
        return IngestV1.CommitmentDay(
            enterpriseID: row.enterprise, enterpriseName: enterprise?.name ?? "", day: row.day,
            standing: row.standing,
            commitment: try row.commitment.map {
                try IngestV1.Commitment(serialized: $0).masked(hidden)
            },
            missed: try row.missed.map { try IngestV1.MissedCommitment(serialized: $0) })
    }

    /// The items that are masked for the token: those that the form does not publish.
    private func hidden(_ principal: Principal) async throws -> [String] {
        if principal.seesTelephones { return [] }
        return try await engine.read { machine in
            machine.commitments.form.items.filter { !$0.isPublished }.map(\.id)
        }
    }

    // MARK: Board

    private func board(
        _ request: IngestV1.ReadBoardRequest, _ principal: Principal
    ) async throws -> IngestV1.ReadBoardResponse {
        try principal.require(.officer, .administrator, .service)
        let isSeen = try registry.seen(request.underNodeID, principal)
        let today = try await today()
        let (book, all) = try await engine.read { ($0.commitments, $0.registry.enterprises.values) }
        let size = pageSize(request.pageSize)
        let enterprises = all.filter { $0.id.text > request.pageToken && isSeen($0.node) }
        let entries = enterprises.prefix(size).map { enterprise in
            if let one = book.commitments[enterprise.id], one.day == today {
                return IngestV1.BoardEntry(one, name: enterprise.name, form: book.form)
            }
            let isMissed = book.missed[CommitmentKey(enterprise.id, today)] != nil
            return IngestV1.BoardEntry(
                enterpriseID: enterprise.id.text, enterpriseName: enterprise.name,
                standing: isMissed ? CommitmentStanding.missed.rawValue : "awaited")
        }
        return IngestV1.ReadBoardResponse(
            day: today.text, entries: entries,
            nextPageToken: enterprises.count > size ? entries.last?.enterpriseID ?? "" : "")
    }

    // MARK: Statistics

    private func count(
        _ request: IngestV1.CountCommitmentsRequest, _ principal: Principal
    ) async throws -> IngestV1.CountCommitmentsResponse {
        try principal.require(.officer, .administrator, .service)
        let isSeen = try registry.seen(request.underNodeID, principal)
        let from = try day(request.fromDay, "from_day")
        let to = try day(request.toDay, "to_day")
        guard let period = CommitmentPeriod(rawValue: request.period) else {
            throw RPCStatus(
                .invalidArgument,
                "There is no period \"\(request.period)\". Write day, month, quarter or year.")
        }
        let grouping = try grouping(request.by)
        let counts = try await days.counts(from, to, period, IngestLimits.countsReadMax + 1)
        let all = registry.current.registry
        let lines = all.statistics(
            of: counts.filter { isSeen(NodeID($0.enterprise.text)) }, by: grouping)
        if counts.count > IngestLimits.countsReadMax || lines.count > IngestLimits.reportRowsMax {
            throw RPCStatus(
                .resourceExhausted,
                "The statistics have more lines than one answer holds. Ask for fewer days, a "
                    + "longer period, or larger areas.")
        }
        return IngestV1.CountCommitmentsResponse(
            counts: lines.map { line in
                let name =
                    all.nodes[line.node]?.name
                    ?? all.enterprises[EnterpriseID(line.node.text)]?.name ?? ""
                return IngestV1.CommitmentCount(
                    period: line.period, nodeID: line.node.text, nodeName: name,
                    due: UInt64(line.tally.due), punctual: UInt64(line.tally.inTime),
                    late: UInt64(line.tally.late), missed: UInt64(line.tally.missed))
            })
    }

    private func grouping(_ text: String) throws(RPCStatus) -> CommitmentGrouping {
        guard let kind = NodeKind(rawValue: text) else {
            let kinds = NodeKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw RPCStatus(.invalidArgument, "Nothing is counted by \"\(text)\". Write \(kinds).")
        }
        return kind == .enterprise ? .enterprise : .area(kind)
    }
}

func pageSize(_ asked: UInt32) -> Int {
    asked == 0 ? IngestLimits.rowsPerPageMax : min(Int(asked), IngestLimits.rowsPerPageMax)
}

func badToken(_ token: String) -> RPCStatus {
    RPCStatus(
        .invalidArgument,
        "\"\(token)\" is no page token of this list. Send the one of the page before, or none.")
}
