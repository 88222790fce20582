import Contracts
package import Domain
package import NotificationCore
package import RPC
package import Runtime

/// Serves `InboxService`: what a body's duty desk reads.
package struct InboxAPI: Sendable {
    /// What it needs of the rest of the service.
    package struct Ports: Sendable {
        package var tree: @Sendable () async throws -> OrganisationTree
        /// What lies in an inbox before an ordinal, the newest first.
        package var inbox:
            @Sendable (
                _ node: NodeID, _ before: Int64, _ includingConfirmed: Bool, _ limit: Int
            ) async throws -> [StoredMessage]
        /// What came into an inbox after an ordinal, oldest first.
        package var arrivals:
            @Sendable (
                _ node: NodeID, _ after: Int64, _ undeliveredOnly: Bool, _ limit: Int
            ) async throws -> [StoredMessage]
        package var lastNotice: @Sendable () async throws -> Int64
        package var notice: @Sendable (NoticeID) async throws -> StoredMessage?
        /// Returns when the event is on disk.
        package var submit: @Sendable (NotificationEvent) async throws -> Void
        /// Grows whenever something was decided.
        package var news: HeadSignal

        package init(
            tree: @escaping @Sendable () async throws -> OrganisationTree,
            inbox:
                @escaping @Sendable (
                    _ node: NodeID, _ before: Int64, _ includingConfirmed: Bool, _ limit: Int
                ) async throws -> [StoredMessage],
            arrivals:
                @escaping @Sendable (
                    _ node: NodeID, _ after: Int64, _ undeliveredOnly: Bool, _ limit: Int
                ) async throws -> [StoredMessage],
            lastNotice: @escaping @Sendable () async throws -> Int64,
            notice: @escaping @Sendable (NoticeID) async throws -> StoredMessage?,
            submit: @escaping @Sendable (NotificationEvent) async throws -> Void,
            news: HeadSignal
        ) {
            (self.tree, self.inbox, self.arrivals) = (tree, inbox, arrivals)
            (self.lastNotice, self.notice) = (lastNotice, notice)
            (self.submit, self.news) = (submit, news)
        }
    }

    private let ports: Ports

    package init(ports: Ports) {
        self.ports = ports
    }

    package func register(in router: inout RPCRouter) {
        router.describe(NotificationV1.InboxService.file)
        router.unary(NotificationV1.InboxService.list) { request, call in
            try await answering { try await list(request, call.principal()) }
        }
        router.serverStreaming(NotificationV1.InboxService.follow) { request, writer, call in
            try await answering { try await follow(request, writer, call.principal()) }
        }
        router.unary(NotificationV1.InboxService.confirm) { request, call in
            try await answering { try await confirm(request, call.principal()) }
        }
    }

    // MARK: List

    private func list(
        _ request: NotificationV1.ListInboxRequest, _ principal: Principal
    ) async throws -> NotificationV1.ListInboxResponse {
        let desk = try await desk(request.nodeID, principal)
        let size = Int(pageSize: request.pageSize, max: ServiceLimits.noticesPerPageMax)
        let question = PageToken("inbox", "\(request.includeConfirmed)", desk.text)
        let before = try question.ordinal(in: request.pageToken)
        var rows = try await ports.inbox(desk, before, request.includeConfirmed, size + 1)
        var next = ""
        // One row more than a page has says that there is another page.
        if rows.count > size {
            rows.removeLast(rows.count - size)
            next = rows.last.map { question.after(["\($0.ordinal)"]) } ?? ""
        }
        // Whoever looks over the shoulder of another desk has not read for it.
        guard principal.isAt(desk) else {
            return NotificationV1.ListInboxResponse(
                notices: try rows.map(notice), nextPageToken: next)
        }
        try await ports.submit(.seen(rows.map { NoticeID($0.id) }))
        var notices: [NotificationV1.Notice] = []
        for row in rows {
            notices.append(try notice(try await ports.notice(NoticeID(row.id)) ?? row))
        }
        return NotificationV1.ListInboxResponse(notices: notices, nextPageToken: next)
    }

    private func notice(_ row: StoredMessage) throws -> NotificationV1.Notice {
        try NotificationV1.Notice(serialized: row.body)
    }

    /// The desk that is meant, if the token may see it.
    private func desk(_ asked: String, _ principal: Principal) async throws -> NodeID {
        try principal.require(.officer, .administrator, .service)
        let node = asked.isEmpty ? principal.node : NodeID(asked)
        if node.text.isEmpty { throw DeskRefusal.noDesk(subject: principal.subject) }
        let tree = try await ports.tree()
        guard principal.sees(node, in: tree) else {
            throw DeskRefusal.otherNode(
                what: "The inbox", node: node, token: principal.node, subject: principal.subject)
        }
        if tree[node] == nil { throw DeskRefusal.unknownNode(node) }
        return node
    }

    // MARK: Follow

    private func follow(
        _ request: NotificationV1.FollowInboxRequest,
        _ writer: ResponseWriter<NotificationV1.FollowInboxResponse>, _ principal: Principal
    ) async throws {
        let desk = try await desk(request.nodeID, principal)
        let isOwn = principal.isAt(desk)
        var seq = ports.news.head
        // What comes after this is news; of what came before, only what nobody was given.
        let last = try await ports.lastNotice()
        var after = try await send(desk, after: 0, undeliveredOnly: true, isOwn, writer)
        after = max(after, last)
        while true {
            after = try await send(desk, after: after, undeliveredOnly: false, isOwn, writer)
            guard let head = try await ports.news.head(past: seq) else {
                throw RPCStatus(.unavailable, "The service is stopping. Follow again.")
            }
            seq = head
        }
    }

    /// Sends what came in after an ordinal, and says where it ends.
    private func send(
        _ desk: NodeID, after: Int64, undeliveredOnly: Bool, _ isOwn: Bool,
        _ writer: ResponseWriter<NotificationV1.FollowInboxResponse>
    ) async throws -> Int64 {
        var after = after
        while true {
            let rows = try await ports.arrivals(
                desk, after, undeliveredOnly, ServiceLimits.noticesPerPageMax)
            for row in rows {
                try await writer.write(
                    NotificationV1.FollowInboxResponse(notice: try notice(row)))
                after = row.ordinal
            }
            if isOwn, !rows.isEmpty {
                try await ports.submit(.delivered(rows.map { NoticeID($0.id) }))
            }
            if rows.count < ServiceLimits.noticesPerPageMax { return after }
        }
    }

    // MARK: Confirm

    private func confirm(
        _ request: NotificationV1.ConfirmRequest, _ principal: Principal
    ) async throws -> NotificationV1.ConfirmResponse {
        // To take note is a person's act.
        try principal.require(.officer, .administrator)
        let id = NoticeID(request.noticeID)
        guard let row = try await ports.notice(id) else {
            throw DeskRefusal.unknownNotice(request.noticeID)
        }
        // Whoever stands above may look, and cannot take note for others.
        guard principal.isAt(row.node) else {
            throw DeskRefusal.otherNode(
                what: "To confirm notice \(id)", node: row.node, token: principal.node,
                subject: principal.subject)
        }
        let before = try notice(row)
        if before.state != .confirmed {
            try await ports.submit(.confirmed(id, by: principal.subject))
        }
        return NotificationV1.ConfirmResponse(
            notice: try notice(try await ports.notice(id) ?? row))
    }
}

extension Principal {
    /// True if the token is that of the desk itself.
    fileprivate func isAt(_ desk: NodeID) -> Bool {
        node == desk && (role == .officer || role == .administrator)
    }
}
