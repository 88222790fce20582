import Contracts
import Domain
package import IngestCore
package import RPC
package import Runtime

/// Serves `CleaningService`.
package struct CleaningAPI: Sendable {
    /// The cleanings that the table holds: all of them.
    package struct Rows: Sendable {
        package var one: @Sendable (CleaningID) async throws -> CleaningTable.Row?
        /// Of one day, the earliest first.
        package var page:
            @Sendable (
                CalendarDay, _ after: CleaningTable.Place, _ limit: Int
            ) async throws -> [CleaningTable.Row]
    }

    private let engine: Engine<IngestMachine>
    private let registry: RegistrySnapshot
    private let rows: Rows
    private let photos: PhotoStore
    private let clock: any TimeSource

    package init(
        engine: Engine<IngestMachine>, registry: RegistrySnapshot, rows: Rows,
        photos: PhotoStore, clock: any TimeSource
    ) {
        (self.engine, self.registry, self.rows) = (engine, registry, rows)
        (self.photos, self.clock) = (photos, clock)
    }

    package func register(in router: inout RPCRouter) {
        router.describe(IngestV1.CleaningService.file)
        router.unary(IngestV1.CleaningService.checkIn) { request, call in
            IngestV1.CheckInResponse(
                cleaning: try await checkIn(request, call.principal()))
        }
        router.unary(IngestV1.CleaningService.listCleaningAreas) { request, call in
            try await areas(request, call.principal())
        }
        router.unary(IngestV1.CleaningService.listCleanings) { request, call in
            try await list(request, call.principal())
        }
        router.unary(IngestV1.CleaningService.getCleaningPhoto) { request, call in
            try await photo(request, call.principal())
        }
    }

    // MARK: Check in

    private func checkIn(
        _ request: IngestV1.CheckInRequest, _ principal: Principal
    ) async throws -> IngestV1.Cleaning {
        try principal.require(.officer)
        let key = try key(request, principal)
        try check(request.photo)
        let draft = CleaningDraft(
            id: CleaningID(request.id), key: key,
            cleanedAt: Instant(unixMilliseconds: request.cleanedUnixMs),
            place: .init(longitude: request.longitude, latitude: request.latitude),
            remark: request.remark, photo: PhotoStore.hash(request.photo))
        // Repeats of what has left memory are known from the table.
        if let known = try await stored(draft.id) {
            if known.says(draft, by: principal.subject) { return known }
            throw RPCStatus(CleaningRefusal.nameTaken(draft.id))
        }
        let now = clock.now()
        let refusal = try await engine.read { machine -> CleaningRefusal? in
            do throws(CleaningRefusal) {
                _ = try machine.cleanings.checkIn(
                    draft, by: principal.subject, registry: machine.registry, at: now)
                return nil
            } catch {
                return error
            }
        }
        if let refusal { throw RPCStatus(refusal) }
        // The photograph is on disk before its check-in is: what is acknowledged is there.
        do {
            try await photos.keep(request.photo, as: draft.photo)
        } catch let failure as PictureFile.Failure {
            throw RPCStatus(
                .resourceExhausted,
                "The photograph could not be kept: \(failure). Nothing was written down; send it "
                    + "again, and have the operator look at the disk of ingest.")
        }
        try await engine.submit(.cleaning(.checkedIn(draft, by: principal.subject)), principal)
        guard let cleaning = try await stored(draft.id) else {
            throw RPCStatus(.internal, "The check-in was taken and is not found.")
        }
        return cleaning
    }

    /// What a token may not see is as if it were not there.
    private func key(
        _ request: IngestV1.CheckInRequest, _ principal: Principal
    ) throws(RPCStatus) -> CleaningKey {
        let view = registry.current
        guard let kind = EntryKind(rawValue: request.areaKind), kind == .device || kind == .object
        else {
            throw RPCStatus(
                .invalidArgument,
                "There is no kind of area \"\(request.areaKind)\". Write device or object.")
        }
        let key = CleaningKey(kind, request.areaID)
        guard let entry = view.registry[key.entry], let node = view.registry.node(of: entry),
            view.isVisible(node, to: principal)
        else {
            throw RPCStatus(
                .notFound,
                "There is no \(kind.words) \"\(request.areaID.prefix(RegistryLimits.idMax))\" "
                    + "that the token of \(principal.subject) may see. `hazwatch cleaning areas` "
                    + "has what is to be cleaned.")
        }
        return key
    }

    private func check(_ photo: [UInt8]) throws(RPCStatus) {
        let isPicture =
            photo.starts(with: [0xFF, 0xD8, 0xFF]) || photo.starts(with: [0x89, 0x50, 0x4E, 0x47])
        guard isPicture, photo.count <= IngestLimits.stillBytesMax else {
            throw RPCStatus(
                .invalidArgument,
                "A check-in needs a photograph: JPEG or PNG of at most "
                    + "\(IngestLimits.stillBytesMax) bytes; this has \(photo.count).")
        }
    }

    private func stored(_ id: CleaningID) async throws -> IngestV1.Cleaning? {
        try await rows.one(id).map { try IngestV1.Cleaning(serialized: $0.body) }
    }

    private func photo(
        _ request: IngestV1.GetCleaningPhotoRequest, _ principal: Principal
    ) async throws -> IngestV1.GetCleaningPhotoResponse {
        try principal.require(.officer, .administrator, .service)
        guard let cleaning = try await stored(CleaningID(request.id)),
            registry.current.isVisible(EnterpriseID(cleaning.enterpriseID), to: principal)
        else {
            throw RPCStatus(
                .notFound,
                "There is no check-in \"\(request.id.prefix(RegistryLimits.idMax))\" that the "
                    + "token of \(principal.subject) may see.")
        }
        do {
            if let photo = try await photos.read(cleaning.photoSha256) {
                return IngestV1.GetCleaningPhotoResponse(cleaning: cleaning, photo: photo)
            }
            throw PictureFile.Failure.cannotRead("it is not there")
        } catch let failure as PictureFile.Failure {
            throw RPCStatus(
                .dataLoss,
                "The photograph of \(cleaning.id) cannot be given out: \(failure). The operator "
                    + "must look at the disk of ingest.")
        }
    }

    // MARK: Lists

    private func areas(
        _ request: IngestV1.ListCleaningAreasRequest, _ principal: Principal
    ) async throws -> IngestV1.ListCleaningAreasResponse {
        let isSeen = try registry.seen(request.underNodeID, principal)
        let after = try request.pageToken.isEmpty ? nil : AreaPlace(token: request.pageToken)
        let all = try await engine.read { $0.cleanings.all }.filter { standing in
            isSeen(standing.area.node) && !(request.missedOnly && standing.missedCount == 0)
                && (after.map { $0 < AreaPlace(standing) } ?? true)
        }
        let page = all.prefix(pageSize(request.pageSize))
        return IngestV1.ListCleaningAreasResponse(
            areas: page.map { IngestV1.CleaningArea($0) },
            nextPageToken: page.count < all.count
                ? page.last.map { AreaPlace($0).token } ?? "" : "")
    }

    private func list(
        _ request: IngestV1.ListCleaningsRequest, _ principal: Principal
    ) async throws -> IngestV1.ListCleaningsResponse {
        let isSeen = try registry.seen(request.underNodeID, principal)
        guard let day = CalendarDay(request.day) else {
            throw RPCStatus(
                .invalidArgument, "day \"\(request.day)\" is no day; write it like 2021-11-01.")
        }
        guard ["", "done", "missed"].contains(request.state) else {
            throw RPCStatus(
                .invalidArgument,
                "There is no state \"\(request.state)\". Write one of done, missed.")
        }
        let size = pageSize(request.pageSize)
        var place = try place(in: request.pageToken)
        var response = IngestV1.ListCleaningsResponse()
        var looked = 0
        while looked < IngestLimits.rowsPerCallMax {
            // One row more than a page has says whether there is another page.
            let page = try await rows.page(day, place, size + 1)
            for row in page {
                if isSeen(NodeID(row.enterprise)),
                    request.state.isEmpty || row.state == request.state
                {
                    if response.cleanings.count == size {
                        response.nextPageToken = place.token
                        return response
                    }
                    response.cleanings.append(try IngestV1.Cleaning(serialized: row.body))
                }
                place = row.place
            }
            looked += page.count
            if page.count <= size { return response }
        }
        response.nextPageToken = place.token
        return response
    }

    private func place(in token: String) throws(RPCStatus) -> CleaningTable.Place {
        if token.isEmpty { return .start }
        let parts = token.split(separator: "/").map(String.init)
        guard parts.count == 2, let at = Int64(parts[0]), let ordinal = Int64(parts[1]) else {
            throw badToken(token)
        }
        return CleaningTable.Place(at: at, ordinal: ordinal)
    }
}

/// Where an area stands in lists: what is due first is first.
private struct AreaPlace: Comparable {
    var dueAt: Instant
    var key: CleaningKey

    var token: String { "\(dueAt.unixMilliseconds)/\(key)" }

    init(_ standing: CleaningStanding) { (dueAt, key) = (standing.dueAt, standing.area.key) }

    init(token: String) throws(RPCStatus) {
        let parts = token.split(separator: "/", maxSplits: 2).map(String.init)
        guard parts.count == 3, let due = Int64(parts[0]), let kind = EntryKind(rawValue: parts[1])
        else { throw badToken(token) }
        (dueAt, key) = (Instant(unixMilliseconds: due), CleaningKey(kind, parts[2]))
    }

    static func < (left: Self, right: Self) -> Bool {
        (left.dueAt, left.key) < (right.dueAt, right.key)
    }
}

extension CleaningTable.Place {
    fileprivate var token: String { "\(at)/\(ordinal)" }
}

extension IngestV1.Cleaning {
    /// True if somebody says the same again.
    fileprivate func says(_ draft: CleaningDraft, by subject: String) -> Bool {
        areaKind == draft.key.of.rawValue && areaID == draft.key.id
            && cleanedUnixMs == draft.cleanedAt.unixMilliseconds
            && longitude == draft.place.longitude && latitude == draft.place.latitude
            && remark == draft.remark && photoSha256 == draft.photo && by == subject
    }
}
