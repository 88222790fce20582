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
        "rtsp://192.0.2.1:0/x", "rtsp://192.0.2.1:65536/x", "rtsp://192.0.2.1:5a/x",
        "rtsp://192.0.2.1:/x", "rtsp://[2001:db8::1/x", "rtsp://[2001:db8::1]x/x",
        "rtsp://[fe80::1%25eth0]/x", "rtsp://a_b,c/x", "rtsp://u:pa/ss@192.0.2.1/x",
        "rtsp://192.0.2.1/摄像头", "rtsp://192.0.2.1/" + String(repeating: "a", count: 500),
    ])
    func whatCannotBeOpenedIsNoAddress(text: String) {
        #expect(CameraAddress(text) == nil)
    }

    static let hosts: [(text: String, host: String, moved: String)] = [
        ("rtsp://192.0.2.1/x", "192.0.2.1", "rtsp://HERE/x"),
        (
            "RTSPS://u:p@camera-1.test:8554/x?a=@b", "camera-1.test",
            "RTSPS://u:p@HERE:8554/x?a=@b"
        ),
        ("rtsp://u@v:p@[2001:db8::1]:554", "2001:db8::1", "rtsp://u@v:p@HERE:554"),
        ("rtsp://[::1]:9@192.0.2.1?@192.0.2.2/", "192.0.2.1", "rtsp://[::1]:9@HERE?@192.0.2.2/"),
    ]

    /// What is looked up and compared with the networks is what will be opened.
    @Test(arguments: hosts)
    func theHostOfAnAddressIsFoundAndPutElsewhere(
        row: (text: String, host: String, moved: String)
    ) throws {
        let address = try Self.address(row.text)
        #expect(address.host == row.host)
        #expect(address.secret(at: "HERE") == row.moved)
    }

    @Test func anExportOfAChangeHasNoSecret() {
        let change = FieldChange(
            "url", before: "rtsp://a:b@192.0.2.1/x", after: "rtsp://a:c@192.0.2.1/x")
        let masked = FieldChange(
            "url", before: "rtsp://***@192.0.2.1/x", after: "rtsp://***@192.0.2.1/x")
        #expect(change.masked(for: .camera) == masked)
    }

    // MARK: Turns

    private enum Past { case seen, unseen, failedOnce, offline }

    /// Cameras `PREFIX0`, `PREFIX1`…, each of an owner of its own unless one is named.
    private static func cameras(
        _ prefix: String, _ count: Int, of owner: String? = nil
    ) throws -> [CameraRounds.Entry] {
        try (0..<count).map { number in
            CameraRounds.Entry(
                CameraID("\(prefix)\(number)"), try address("rtsp://192.0.2.1/\(number)"),
                of: NodeID(owner ?? "\(prefix)-owner\(number)"))
        }
    }

    private static func rounds(
        _ groups: [(entries: [CameraRounds.Entry], past: Past)], atOnce: Int = 4
    ) -> CameraRounds {
        var rounds = CameraRounds(.init(every: .minutes(10), atOnceMax: atOnce))
        rounds.update(groups.flatMap(\.entries), standings: book(groups), at: t0)
        return rounds
    }

    private static func book(
        _ groups: [(entries: [CameraRounds.Entry], past: Past)]
    ) -> CameraBook {
        let picture = CameraReport.Outcome.picture(.init(codec: "h264", width: 8, height: 8))
        return CameraBook(
            groups.flatMap { group in
                let outcomes: [CameraReport.Outcome] =
                    switch group.past {
                    case .unseen: []
                    case .seen: [picture]
                    case .failedOnce: [picture, .fault(.timedOut)]
                    case .offline: [.fault(.timedOut), .fault(.timedOut)]
                    }
                return group.entries.compactMap { standing(of: $0.camera, after: outcomes) }
            })
    }

    private static func standing(
        of camera: CameraID, after outcomes: [CameraReport.Outcome]
    ) -> CameraStanding? {
        outcomes.reduce(nil) { before, outcome in
            CameraBook([before].compactMap(\.self)).standing(
                after: CameraReport(camera, outcome), at: t0)
        }
    }

    private static func address(_ text: String) throws -> CameraAddress {
        try #require(CameraAddress(text))
    }

    private static func next(_ rounds: inout CameraRounds, at now: Instant = t0) -> [String] {
        rounds.next(at: now).map(\.0.text)
    }

    @Test func soManyAreTriedAtOnceAndTheRestInTurn() throws {
        var rounds = Self.rounds([(try Self.cameras("m", 6), .seen)])
        #expect(Self.next(&rounds) == ["m0", "m1", "m2", "m3"])
        #expect(Self.next(&rounds).isEmpty)
        #expect(rounds.finished(CameraID("m2"), isOnline: true, at: t0) == .tell)
        #expect(Self.next(&rounds) == ["m4"])
        #expect(rounds.finished(CameraID("m2"), isOnline: true, at: t0) == .drop)
    }

    /// However many cameras hang, half of the places stay for those that were seen; what was never
    /// seen may hang too, but keeps places from what is known to.
    @Test func eachKindOfCameraHasItsPlaces() throws {
        var rounds = Self.rounds(
            [
                (try Self.cameras("a-broken", 9), .offline),
                (try Self.cameras("b-new", 9), .unseen),
                (try Self.cameras("c-seen", 9), .seen),
            ], atOnce: 8)
        let first = Self.next(&rounds)
        #expect(
            first == [
                "b-new0", "b-new1", "b-new2", "b-new3", "c-seen0", "c-seen1", "c-seen2", "c-seen3",
            ])
        // Each leaves its place to its own kind, or to one that was seen.
        #expect(rounds.finished(CameraID("c-seen0"), isOnline: true, at: t0) == .tell)
        #expect(Self.next(&rounds) == ["c-seen4"])
        #expect(rounds.finished(CameraID("b-new0"), isOnline: false, at: t0) == .tell)
        #expect(Self.next(&rounds) == ["b-new4"])
        var broken = Self.rounds(
            [(try Self.cameras("a", 9), .offline), (try Self.cameras("b", 9), .unseen)], atOnce: 8)
        #expect(Self.next(&broken) == ["b0", "b1", "b2", "b3"])
        for number in 0..<9 {
            _ = broken.finished(CameraID("b\(number)"), isOnline: true, at: t0)
            _ = broken.next(at: t0)
        }
        // Nobody new is left: those that are broken have two places and no more.
        #expect(broken.finished(CameraID("a0"), isOnline: false, at: t0) == .tell)
        #expect(Self.next(&broken) == ["a2"])
        #expect(Self.next(&broken).isEmpty)
    }

    /// One that failed for the first time is tried again before those that failed for long.
    @Test func whoFailedOnceGoesBeforeWhoIsBroken() throws {
        var rounds = Self.rounds(
            [(try Self.cameras("a", 5), .offline), (try Self.cameras("b", 1), .failedOnce)])
        #expect(Self.next(&rounds) == ["b0"])
    }

    /// An enterprise whose line is cut, or that registers what hangs, leaves the others theirs.
    @Test func oneOwnerNeverTakesAllPlaces() throws {
        var seen = Self.rounds(
            [
                (try Self.cameras("a", 9, of: "e1"), .seen),
                (try Self.cameras("b", 9, of: "e2"), .seen),
            ], atOnce: 8)
        #expect(Self.next(&seen) == ["a0", "a1", "a2", "a3", "b0", "b1", "b2", "b3"])
        var unseen = Self.rounds(
            [
                (try Self.cameras("a", 9, of: "e1"), .unseen),
                (try Self.cameras("b", 9, of: "e2"), .unseen),
            ], atOnce: 8)
        #expect(Self.next(&unseen) == ["a0", "a1", "b0", "b1"])
        #expect(unseen.finished(CameraID("a1"), isOnline: true, at: t0) == .tell)
        #expect(Self.next(&unseen) == ["a2"])
    }

    /// EDG-17: for an hour, 200 new cameras of ten enterprises hang for as long as they may; those
    /// that were seen are tried as if they were not there.
    @Test func newCamerasThatHangDelayNobody() throws {
        let limit = Interval.seconds(15)
        let healthy = try Self.cameras("m", 40)
        let hanging = try (0..<10).flatMap { try Self.cameras("h\($0)-", 20, of: "e\($0)") }
        var rounds = Self.rounds([(healthy, .seen), (hanging, .unseen)], atOnce: 8)
        var running: [(id: CameraID, until: Instant)] = []
        var tries: [String: [Int64]] = [:]
        for second in 0..<Int64(3_600) {
            let now = t0 + .seconds(second)
            for one in running where one.until <= now {
                let isOnline = one.id.text.hasPrefix("m")
                #expect(rounds.finished(one.id, isOnline: isOnline, at: now) == .tell)
            }
            running.removeAll { $0.until <= now }
            for (id, _) in rounds.next(at: now) {
                let isHealthy = id.text.hasPrefix("m")
                running.append((id, now + (isHealthy ? .seconds(1) : limit)))
                tries[id.text, default: []].append(second)
            }
        }
        // Four places, a second each: forty are done in ten seconds, and then every ten minutes.
        for camera in healthy {
            let starts = try #require(tries[camera.camera.text])
            #expect(starts.count == 6 && starts[0] < 10, "\(camera.camera) \(starts)")
            for (one, next) in zip(starts, starts.dropFirst()) {
                #expect((600...611).contains(next - one), "\(camera.camera) \(starts)")
            }
        }
        // And those that hang are all tried, twice before they are known to be broken.
        for camera in hanging {
            #expect(tries[camera.camera.text].map { $0.count >= 2 } == true, "\(camera.camera)")
        }
    }

    /// A first failure may be chance; after it the camera waits longer each time, up to an hour.
    @Test func aBrokenCameraWaitsLongerEachTime() throws {
        var rounds = Self.rounds([(try Self.cameras("m", 1), .unseen)])
        var now = t0
        var waits: [Int64] = []
        for _ in 1...6 {
            #expect(rounds.next(at: now).count == 1)
            #expect(rounds.finished(CameraID("m0"), isOnline: false, at: now) == .tell)
            let due = try #require(rounds.dueAt)
            waits.append((due - now).milliseconds / 1_000)
            #expect(rounds.next(at: due - Interval(milliseconds: 1)).isEmpty)
            now = due
        }
        #expect(waits == [30, 1_200, 2_400, 3_600, 3_600, 3_600])
        #expect(rounds.next(at: now).count == 1)
        #expect(rounds.finished(CameraID("m0"), isOnline: true, at: now) == .tell)
        #expect(rounds.dueAt == now + .minutes(10))
        // A try that we ended ourselves says nothing.
        now = now + .minutes(10)
        #expect(rounds.next(at: now).count == 1)
        #expect(rounds.finished(CameraID("m0"), isOnline: nil, at: now) == .drop)
        #expect(rounds.dueAt == now + .minutes(10))
    }

    /// What a caller saw brings the next turn nearer or later, but no failure of a broken one does.
    @Test func whatACallerSawCounts() throws {
        var rounds = Self.rounds([(try Self.cameras("m", 1), .offline)])
        let id = CameraID("m0")
        rounds.heard(id, isOnline: false, at: t0)
        #expect(rounds.dueAt == t0)
        rounds.heard(id, isOnline: true, at: t0)
        #expect(rounds.dueAt == t0 + .minutes(10))
        rounds.heard(id, isOnline: false, at: t0 + .minutes(1))
        #expect(rounds.dueAt == t0 + .seconds(90))
    }

    @Test func aNewAddressIsTriedAtOnceAndTheOldOneSaysNothing() throws {
        var rounds = Self.rounds([(try Self.cameras("m", 2), .seen)])
        #expect(rounds.next(at: t0).count == 2)
        let moved = CameraRounds.Entry(
            CameraID("m0"), try Self.address("rtsp://192.0.2.2/new"), of: NodeID("m-owner0"))
        rounds.update([moved], at: t0)
        #expect(rounds.next(at: t0).isEmpty)
        #expect(rounds.finished(CameraID("m0"), isOnline: false, at: t0) == .drop)
        #expect(rounds.finished(CameraID("m1"), isOnline: true, at: t0) == .drop)
        #expect(rounds.next(at: t0).map(\.1.secret) == ["rtsp://192.0.2.2/new"])
        #expect(rounds.finished(CameraID("m0"), isOnline: true, at: t0) == .tell)
        #expect(Self.next(&rounds, at: t0 + .hours(24)) == ["m0"])
    }

    /// Who was seen at one address was not seen at another.
    @Test func aNewAddressIsNotProven() throws {
        let cameras = try Self.cameras("m", 4)
        var rounds = Self.rounds([(cameras, .seen)])
        rounds.update(
            try cameras.map {
                CameraRounds.Entry(
                    $0.camera, try Self.address("rtsp://192.0.2.2/new"), of: $0.owner)
            }, at: t0)
        #expect(Self.next(&rounds) == ["m0", "m1"])
    }

    // MARK: News

    /// One failure changes nothing, two in a row are offline; a picture or a still is online.
    @Test func onlyWhatIsNewIsTold() throws {
        let picture = CameraPicture(codec: "h264", width: 1_920, height: 1_080)
        let id = CameraID("m0")
        var standing: CameraStanding?
        var told: [String] = []
        let outcomes: [CameraReport.Outcome] = [
            .fault(.timedOut), .fault(.timedOut), .picture(picture), .picture(picture),
            .fault(.timedOut), .still, .fault(.timedOut), .fault(.refused), .fault(.refused),
            .fault(.timedOut), .still, .picture(CameraPicture(codec: "hevc", width: 8, height: 8)),
        ]
        for (step, outcome) in outcomes.enumerated() {
            let now = t0 + Interval(milliseconds: Int64(step))
            let book = CameraBook(standing.map { [$0] } ?? [])
            guard let after = book.standing(after: CameraReport(id, outcome), at: now) else {
                told.append("same")
                continue
            }
            let since = after.since.unixMilliseconds - t0.unixMilliseconds
            let what = [
                after.state.rawValue, after.cause?.rawValue, after.picture?.codec,
                after.doubt.map { "\($0) once" }, "since \(since)",
            ]
            let news = after.isNews(after: standing) ? "news: " : "kept: "
            told.append(news + what.compactMap(\.self).joined(separator: " "))
            standing = after
        }
        #expect(
            told == [
                "kept: untried timedOut once since 0", "news: offline timedOut since 1",
                "news: online h264 since 2", "same", "kept: online h264 timedOut once since 2",
                "kept: online h264 since 2", "kept: online h264 timedOut once since 2",
                "news: offline refused h264 since 7", "same", "news: offline timedOut h264 since 7",
                "news: online h264 since 10", "news: online hevc since 10",
            ])
    }
}
