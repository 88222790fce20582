import Contracts
import Domain
import IngestCore

extension IngestV1.Cleaning {
    init(_ one: CleaningCheckIn) {
        self.init(
            id: one.id.text, areaKind: one.area.key.of.rawValue, areaID: one.area.key.id,
            areaName: one.area.name, enterpriseID: one.area.enterprise.text, state: "done",
            cleanedUnixMs: one.cleanedAt.unixMilliseconds,
            decidedUnixMs: one.takenAt.unixMilliseconds, longitude: one.place.longitude,
            latitude: one.place.latitude, by: one.by, remark: one.remark, photoSha256: one.photo,
            clause: one.area.clause)
    }

    init(_ missed: MissedCleaning) {
        self.init(
            areaKind: missed.area.key.of.rawValue, areaID: missed.area.key.id,
            areaName: missed.area.name, enterpriseID: missed.area.enterprise.text,
            state: "missed", decidedUnixMs: missed.decidedAt.unixMilliseconds,
            fromUnixMs: missed.from.unixMilliseconds, dueUnixMs: missed.dueAt.unixMilliseconds,
            clause: missed.area.clause)
    }
}

extension IngestV1.CleaningArea {
    init(_ standing: CleaningStanding) {
        self.init(
            areaKind: standing.area.key.of.rawValue, areaID: standing.area.key.id,
            name: standing.area.name, enterpriseID: standing.area.enterprise.text,
            everyMs: standing.area.every.milliseconds, cleanBy: standing.area.cleaner,
            lastUnixMs: standing.lastAt.unixMillisecondsOrZero,
            dueUnixMs: standing.dueAt.unixMilliseconds, isDone: standing.isDone,
            missedCount: UInt32(clamping: standing.missedCount), clause: standing.area.clause)
    }
}
