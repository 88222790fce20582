import Domain
import IngestCore
import Testing

/// Addresses without their secrets, whose turn it is, and what is news of a camera.
@Suite struct CameraTests {
    // MARK: Addresses

    static let addresses: [(written: String, shown: String)] = [
        ("rtsp://192.0.2.1/stream", "rtsp://192.0.2.1/stream"),
        ("rtsp://admin:secret@192.0.2.1:554/stream", "rtsp://***@192.0.2.1:554/stream"),
        // Nobody escaped the password.
        ("rtsp://admin:se@cr/et@192.0.2.1/stream", "rtsp://***@192.0.2.1/stream"),
        (
            "rtsp://192.0.2.1/a?channel=1&password=secret",
            "rtsp://192.0.2.1/a?channel=1&password=***"
        ),
        ("rtsp://192.0.2.1/a?secret", "rtsp://192.0.2.1/a?***"),
        ("rtsp://192.0.2.1/user=admin_password=secret_channel=1.sdp", "rtsp://192.0.2.1/***"),
        ("http://admin:secret@192.0.2.1/video", "http://***@192.0.2.1/video"),
        ("admin:secret@192.0.2.1", "***@192.0.2.1"), ("", ""),
    ]

    /// Whatever is written as an address, what is shown of it has no secret.
    @Test(arguments: addresses)
    func whatIsShownOfAnAddressHasNoSecret(row: (written: String, shown: String)) {
        #expect(CameraAddress.masked(row.written) == row.shown)
        #expect(CameraAddress.masked(row.shown) == row.shown)
        if let address = CameraAddress(row.written) {
            #expect("\(address)" == row.shown)
            #expect(String(reflecting: address) == row.shown)
            #expect(address.secret == row.written)
        }
    }

    @Test(arguments: [
        "", "rtsp://", "rtsp://@/x", "rtsp://:554/x", "http://192.0.2.1/x", "file:///etc/hosts",
        "-i", "rtsp://192.0.2.1/a b", "rtsp://192.0.2.1/'\nfile 'x", "rtsp://192.0.2.1/\\'",
        "rtsp://192.0.2.1/摄像头", "rtsp://192.0.2.1/" + String(repeating: "a", count: 500),
    ])
    func whatCannotBeOpenedIsNoAddress(text: String) {
        #expect(CameraAddress(text) == nil)
    }

    @Test func anExportOfAChangeHasNoSecret() {
        let change = FieldChange(
            "url", before: "rtsp://a:b@192.0.2.1/x", after: "rtsp://a:c@192.0.2.1/x")
        let masked = FieldChange(
            "url", before: "rtsp://***@192.0.2.1/x", after: "rtsp://***@192.0.2.1/x")
        #expect(change.masked(for: .camera) == masked)
    }

    // MARK: Turns

    private static func rounds(_ count: Int, atOnce: Int = 4) throws -> CameraRounds {
        var rounds = CameraRounds(.init(every: .minutes(10), atOnceMax: atOnce))
        rounds.update(
            try (0..<count).map { (CameraID("m\($0)"), try address("rtsp://192.0.2.1/\($0)")) },
            at: t0)
        return rounds
    }

    private static func address(_ text: String) throws -> CameraAddress {
        try #require(CameraAddress(text))
    }

    @Test func soManyAreTriedAtOnceAndTheRestInTurn() throws {
        var rounds = try Self.rounds(6)
        let first = rounds.next(at: t0).map(\.0.text)
        #expect(first == ["m0", "m1", "m2", "m3"])
        #expect(rounds.next(at: t0).isEmpty)
        #expect(rounds.finished(CameraID("m2"), isOnline: true, at: t0) == .tell)
        #expect(rounds.next(at: t0).map(\.0.text) == ["m4"])
        #expect(rounds.finished(CameraID("m2"), isOnline: true, at: t0) == .drop)
    }

    /// However many cameras hang, half of the places stay for those that do not.
    @Test func brokenCamerasNeverTakeAllPlaces() throws {
        var rounds = try Self.rounds(6)
        for id in rounds.next(at: t0).map(\.0) {
            #expect(rounds.finished(id, isOnline: false, at: t0) == .wait)
        }
        for id in rounds.next(at: t0).map(\.0) {
            #expect(rounds.finished(id, isOnline: true, at: t0) == .tell)
        }
        let later = t0 + .minutes(10)
        // Four are broken and due for long, and two are healthy.
        #expect(rounds.next(at: later).map(\.0.text) == ["m0", "m1", "m4", "m5"])
        #expect(rounds.next(at: later).isEmpty)
        // A healthy one that is done leaves its place to nobody broken.
        #expect(rounds.finished(CameraID("m4"), isOnline: true, at: later) == .tell)
        #expect(rounds.next(at: later).isEmpty)
        #expect(rounds.finished(CameraID("m0"), isOnline: false, at: later) == .tell)
        #expect(rounds.next(at: later).map(\.0.text) == ["m2"])
    }

    /// A first failure may be chance; after it the camera waits longer each time, up to an hour.
    @Test func aBrokenCameraWaitsLongerEachTime() throws {
        var rounds = try Self.rounds(1)
        var now = t0
        var waits: [Int64] = []
        for number in 1...6 {
            #expect(rounds.next(at: now).count == 1)
            let verdict = rounds.finished(CameraID("m0"), isOnline: false, at: now)
            #expect(verdict == (number == 1 ? .wait : .tell))
            let due = try #require(rounds.dueAt)
            waits.append((due - now).milliseconds / 1_000)
            #expect(rounds.next(at: due - Interval(milliseconds: 1)).isEmpty)
            now = due
        }
        #expect(waits == [30, 1_200, 2_400, 3_600, 3_600, 3_600])
        #expect(rounds.next(at: now).count == 1)
        #expect(rounds.finished(CameraID("m0"), isOnline: true, at: now) == .tell)
        #expect(rounds.dueAt == now + .minutes(10))
    }

    /// After a restart, those that were offline have no more places than before.
    @Test func aCameraThatIsKnownToBeOfflineIsBrokenFromTheBeginning() throws {
        var rounds = CameraRounds(.init(every: .minutes(10), atOnceMax: 4))
        let cameras = try (0..<5).map {
            (CameraID("m\($0)"), try Self.address("rtsp://192.0.2.1/\($0)"))
        }
        rounds.update(cameras, offline: Set(cameras.prefix(4).map(\.0)), at: t0)
        #expect(rounds.next(at: t0).map(\.0.text) == ["m0", "m1", "m4"])
        #expect(rounds.finished(CameraID("m0"), isOnline: false, at: t0) == .tell)
    }

    @Test func aNewAddressIsTriedAtOnceAndTheOldOneSaysNothing() throws {
        var rounds = try Self.rounds(2)
        #expect(rounds.next(at: t0).count == 2)
        rounds.update([(CameraID("m0"), try Self.address("rtsp://192.0.2.2/new"))], at: t0)
        #expect(rounds.next(at: t0).isEmpty)
        #expect(rounds.finished(CameraID("m0"), isOnline: false, at: t0) == .drop)
        #expect(rounds.finished(CameraID("m1"), isOnline: true, at: t0) == .drop)
        #expect(rounds.next(at: t0).map(\.1.secret) == ["rtsp://192.0.2.2/new"])
        #expect(rounds.finished(CameraID("m0"), isOnline: true, at: t0) == .tell)
        #expect(rounds.next(at: t0 + .hours(24)).map(\.0.text) == ["m0"])
    }

    // MARK: News

    @Test func onlyWhatIsNewIsTold() throws {
        let picture = CameraPicture(codec: "h264", width: 1_920, height: 1_080)
        let id = CameraID("m0")
        var standing: CameraStanding?
        var told: [String] = []
        let outcomes: [CameraReport.Outcome] = [
            .picture(picture), .picture(picture), .fault(.timedOut), .fault(.timedOut),
            .fault(.refused), .picture(picture),
            .picture(CameraPicture(codec: "hevc", width: 1_920, height: 1_080)),
        ]
        for (step, outcome) in outcomes.enumerated() {
            let now = t0 + Interval(milliseconds: Int64(step))
            let book = CameraBook(standing.map { [$0] } ?? [])
            guard let after = book.standing(after: CameraReport(id, outcome), at: now) else {
                told.append("-")
                continue
            }
            let since = after.since.unixMilliseconds - t0.unixMilliseconds
            told.append("\(after.fault?.rawValue ?? after.picture?.codec ?? "") since \(since)")
            standing = after
        }
        #expect(
            told == [
                "h264 since 0", "-", "timedOut since 2", "-", "refused since 2", "h264 since 5",
                "hevc since 5",
            ])
    }
}
