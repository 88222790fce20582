import Contracts
import Domain
import Foundation
import Ingest
import IngestCore
import RPC
import Runtime
import SimKit
import Testing

/// Cleanings of dust over a real socket, with the pack of the program (EDG-11).
@Suite(.timeLimit(.minutes(10))) struct CleaningAPITests {
    private static let photo: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3]

    private func plant(_ folder: TemporaryFolder) async throws -> WatchedPlant {
        let plant = try await WatchedPlant(folder, from: t0)
        try await plant.host.importRegistry(
            """
            objects:
              - {id: w1, kind: dustWorkshop, enterprise: e1, name: 打磨车间, dust: aluminium}
              - {id: w2, kind: dustWorkshop, enterprise: e2, name: 木工车间, dust: wood,
                 cleanEveryHours: 8, cleanBy: 班长}
            officers:
              - {id: o1, node: e1, post: safetyHead, name: 安全员, telephone: 000-0000-0007}
              - {id: o2, node: d1, post: duty, name: 值班员, telephone: 000-0000-0008}
            """)
        try await plant.host.settle()
        return plant
    }

    private func request(
        _ id: String = "c1", cleaned: Instant = t0, photo: [UInt8] = photo
    ) -> IngestV1.CheckInRequest {
        IngestV1.CheckInRequest(
            id: id, areaKind: "object", areaID: "w1", cleanedUnixMs: cleaned.unixMilliseconds,
            longitude: 119.01, latitude: 25.43, photo: photo)
    }

    /// EDG-11: a check-in has its time, place and photograph, once, also long after and over a
    /// restart.
    @Test func aCheckInIsKeptWithItsPhotograph() async throws {
        let folder = try TemporaryFolder()
        var plant = try await plant(folder)
        let taken = try #require(try await plant.checkIn(request()))
        #expect(taken.state == "done" && taken.by == "o1" && taken.enterpriseID == "e1")
        #expect(taken.areaName == "打磨车间" && taken.clause == "004 三(二)")
        #expect(taken.longitude == 119.01 && taken.latitude == 25.43)
        #expect(try await plant.checkIn(request()) == taken)
        let kept = try await plant.photo("c1")
        #expect(kept.photo == Self.photo && kept.cleaning == taken)
        let other = await status {
            _ = try await plant.checkIn(request(photo: Self.photo + [4]))
        }
        #expect(other?.code == .alreadyExists)
        // By then it has left memory, and its name is its own all the same.
        try await plant.move(to: t0 + .day * 6)
        #expect(try await plant.checkIn(request()) == taken)
        try await plant.host.stop()
        plant = try await WatchedPlant(folder, from: nil)
        #expect(try await plant.checkIn(request()) == taken)
        #expect(try await plant.photo("c1").photo == Self.photo)
        #expect(try await plant.cleanings("2021-11-01", state: "done") == [taken])
        // What was changed on the disk is no photograph.
        let photos = folder.path + "/ingest/photos/"
        let file = photos + taken.photoSha256.prefix(2) + "/" + taken.photoSha256
        try Data([0xFF, 0xD8, 0xFF]).write(to: URL(fileURLWithPath: file))
        let damaged = await status { _ = try await plant.photo("c1") }
        #expect(damaged?.code == .dataLoss)
        try await plant.host.stop()
    }

    /// EDG-11: what was missed is listed on its day, is a finding, and is in the journal.
    @Test func aMissedCleaningIsListedAndFound() async throws {
        let plant = try await plant(try TemporaryFolder())
        let areas = try await plant.areas()
        #expect(areas.map(\.areaID) == ["w2", "w1"])
        #expect(areas.map(\.everyMs) == [8 * 3_600_000, 24 * 3_600_000])
        #expect(areas.map(\.cleanBy) == ["班长", ""])
        try await plant.move(to: t0 + .hours(40))
        let missed = try await plant.cleanings("2021-11-02", state: "missed")
        // Of eight hours that end at 8, 16 and 24 o'clock, and of a day.
        let hours = missed.map { ($0.dueUnixMs - t0.unixMilliseconds) / 3_600_000 }
        #expect(hours == [24, 32, 40, 40])
        #expect(missed.map(\.areaID).sorted() == ["w1", "w2", "w2", "w2"])
        let found = try await plant.findings(kind: "cleaningMissed").map(\.id).sorted()
        #expect(
            found == ["cleaningMissed/object/w1/1", "cleaningMissed/object/w2/1"])
        let late = try await plant.areas(missed: true)
        #expect(Set(late.map(\.areaID)) == ["w1", "w2"])
        _ = try await plant.checkIn(request("c2", cleaned: t0 + .hours(40)))
        #expect(try await plant.findings(kind: "cleaningMissed").map(\.nodeID) == ["e2"])
        let kinds = try await plant.journalKinds().filter { $0.hasPrefix("ingest.cleaning") }
        #expect(kinds.last == JournalKind.cleaningCheckedIn.rawValue)
        #expect(kinds.contains(JournalKind.cleaningMissed.rawValue))
        try await plant.host.stop()
    }

    /// EDG-11: only the enterprise's own people check in, and a token sees what is its own.
    @Test func cleaningsAreScoped() async throws {
        let plant = try await plant(try TemporaryFolder())
        let body = await status { _ = try await plant.checkIn(request(), by: "o2", at: "d1") }
        #expect(body?.code == .permissionDenied)
        let foreign = await status { _ = try await plant.checkIn(request(), by: "b1", at: "e2") }
        #expect(foreign?.code == .notFound)
        let wrong: [IngestV1.CheckInRequest] = [
            request(photo: []), request(photo: [1, 2, 3, 4]),
            request(photo: Self.photo + Array(repeating: 0, count: 3 << 20)),
            request(cleaned: t0 + .seconds(61)), request(""),
        ]
        for one in wrong {
            let refused = await status { _ = try await plant.checkIn(one) }
            #expect(refused?.code == .invalidArgument, "\(one.id) \(one.photo.count)")
        }
        _ = try await plant.checkIn(request())
        #expect(try await plant.areas(at: "d2").map(\.areaID) == ["w2"])
        #expect(try await plant.cleanings("2021-11-01", at: "d2").isEmpty)
        let unseen = await status { _ = try await plant.photo("c1", at: "d2") }
        #expect(unseen?.code == .notFound)
        #expect(try await plant.photo("c1", at: "d1").photo == Self.photo)
        let first = try await plant.areas(size: 1)
        #expect(first.map(\.areaID) == ["w2", "w1"])
        let day = await status { _ = try await plant.cleanings("yesterday") }
        #expect(day?.code == .invalidArgument)
        try await plant.host.stop()
    }
}

extension WatchedPlant {
    fileprivate func checkIn(
        _ request: IngestV1.CheckInRequest, by subject: String = "o1", at node: String = "e1"
    ) async throws -> IngestV1.Cleaning? {
        try await ask(IngestV1.CleaningService.checkIn, request, by: subject, at: node).cleaning
    }

    fileprivate func photo(
        _ id: String, at node: String = "c1"
    ) async throws -> IngestV1.GetCleaningPhotoResponse {
        try await ask(
            IngestV1.CleaningService.getCleaningPhoto, IngestV1.GetCleaningPhotoRequest(id: id),
            at: node)
    }

    fileprivate func areas(
        missed: Bool = false, at node: String = "c1", size: UInt32 = 0
    ) async throws -> [IngestV1.CleaningArea] {
        try await pages("") { token in
            let answer = try await ask(
                IngestV1.CleaningService.listCleaningAreas,
                IngestV1.ListCleaningAreasRequest(
                    missedOnly: missed, pageSize: size, pageToken: token), at: node)
            return (answer.areas, answer.nextPageToken)
        }
    }

    fileprivate func cleanings(
        _ day: String, state: String = "", at node: String = "c1"
    ) async throws -> [IngestV1.Cleaning] {
        try await pages("") { token in
            let answer = try await ask(
                IngestV1.CleaningService.listCleanings,
                IngestV1.ListCleaningsRequest(
                    day: day, state: state, pageSize: 1, pageToken: token), at: node)
            return (answer.cleanings, answer.nextPageToken)
        }
    }
}
