package import Domain

/// A cleaning that somebody did and reported 清扫打卡: when, where, with a photograph.
package struct CleaningCheckIn: Hashable, Codable, Sendable {
    package var id: CleaningID
    package var area: CleaningArea
    package var cleanedAt: Instant
    /// When the platform had it.
    package var takenAt: Instant
    /// The day of the cleaning, in the zone of the profile.
    package var day: String
    package var place: CleaningDraft.Place
    package var by: String
    package var remark: String
    /// The SHA-256 of the photograph in hexadecimal.
    package var photo: String

    var partKey: String { "cleaning/checkIn/" + id.text }

    /// True if a draft with the same name says the same.
    func says(_ draft: CleaningDraft, by subject: String) -> Bool {
        draft.key == area.key && draft.cleanedAt == cleanedAt && draft.place == place
            && draft.remark == remark && draft.photo == photo && subject == by
    }
}

/// A cleaning that nobody reported in its time.
package struct MissedCleaning: Hashable, Sendable {
    package var area: CleaningArea
    /// It was to be done from then on, and before `dueAt`.
    package var from: Instant
    package var dueAt: Instant
    package var decidedAt: Instant
    /// The day on which it was due, in the zone of the profile.
    package var day: String
}

/// What an officer of an enterprise sends.
package struct CleaningDraft: Hashable, Sendable {
    /// Where the person stood, in degrees.
    package struct Place: Hashable, Codable, Sendable {
        package var longitude: Double
        package var latitude: Double

        package init(longitude: Double, latitude: Double) {
            (self.longitude, self.latitude) = (longitude, latitude)
        }

        /// False: it is no place, or the one that telephones send that know none.
        var isPlace: Bool {
            (-180...180).contains(longitude) && (-90...90).contains(latitude)
                && (longitude != 0 || latitude != 0)
        }
    }

    package var id: CleaningID
    package var key: CleaningKey
    package var cleanedAt: Instant
    package var place: Place
    package var remark: String
    package var photo: String

    package init(
        id: CleaningID, key: CleaningKey, cleanedAt: Instant, place: Place, remark: String = "",
        photo: String
    ) {
        (self.id, self.key, self.cleanedAt) = (id, key, cleanedAt)
        (self.place, self.remark, self.photo) = (place, remark, photo)
    }
}

/// What happened to cleanings.
package enum CleaningEvent: Hashable, Sendable {
    case checkedIn(CleaningDraft, by: String)
}

/// What the book decided.
package enum CleaningEffect: Hashable, Sendable {
    case checkedIn(CleaningCheckIn)
    case missed(MissedCleaning)
}

/// What the findings are told beside.
package enum CleaningNews: Hashable, Sendable {
    case missed(Sighting)
    /// It was cleaned, or is not to be cleaned any more.
    case over(CleaningKey, at: Instant)
}

/// How one area stands; one part of the store.
package struct CleaningStanding: Hashable, Codable, Sendable {
    package var area: CleaningArea
    /// The cleaning that is awaited is done from then on, and before `dueAt`.
    package var from: Instant
    package var dueAt: Instant
    /// When it was last cleaned; nil: never.
    package var lastAt: Instant?
    /// How many were missed in a row, and since when.
    package var missedCount = 0
    package var missedSince: Instant?
    /// When the last one of those began.
    package var missedFrom: Instant?

    package init(area: CleaningArea, from: Instant, dueAt: Instant) {
        (self.area, self.from, self.dueAt) = (area, from, dueAt)
    }

    /// True: what is awaited is done already.
    package var isDone: Bool { lastAt.map { $0 >= from } ?? false }

    var partKey: String { "cleaning/area/" + area.key.description }
}

/// One stored part of the book.
package enum CleaningPart: Codable, Hashable, Sendable {
    case area(CleaningStanding)
    case checkIn(CleaningCheckIn)
    /// The registry is followed.
    case begun(Bool)
}

/// Why a check-in was not taken; nothing has changed.
package enum CleaningRefusal: Error, Hashable, Sendable {
    case unusable([String])
    case notScheduled(CleaningKey)
    case notStaff(subject: String, EnterpriseID)
    case nameTaken(CleaningID)
}

/// The most of everything about cleanings; ours.
package enum CleaningLimits {
    /// Whoever was without a line reports within so long.
    package static let lateMax = Interval.day * 3
    /// Check-ins are held in memory for so long; repeats of older ones are known from the table.
    package static let keptFor = Interval.day * 4
    /// What time made due during a stop is decided for so many days; what is older, as one.
    package static let decidedMax = Interval.day * 31
    /// Check-ins of one area that are held at once: one in ten minutes.
    package static let perAreaMax = 600
    package static let remarkMax = 500
}
