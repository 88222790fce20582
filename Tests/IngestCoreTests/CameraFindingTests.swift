import Domain
import IngestCore
import Policy
import Testing

/// Cameras that nobody can try are the finding of their enterprise, and not one each (EDG-17).
@Suite struct CameraFindingTests {
    private let wait = PresenceRule.ours.cameraOffline

    private func camera(_ id: String, url: String = "") -> String {
        "camera id=\(id) hazardSource=s1 name=摄像头\(id)" + (url.isEmpty ? "" : " url=\(url)")
    }

    private func machine() throws -> IngestMachine {
        var machine = IngestMachine(
            registrar: RegistryMachine(packs: plantPacks),
            commitments: CommitmentBook(form: smallForm, rule: nil, zone: .beijing))
        let cameras = [camera("k1"), camera("k2"), camera("k3", url: "rtsp://192.0.2.1/a")]
        try machine.take((city + cameras).joined(separator: "\n"), at: t0)
        return machine
    }

    private func unreachable(_ machine: IngestMachine) -> [String] {
        let key = FindingKey(.cameraUnreachable, EntryKey(.enterprise, "e1"))
        return machine.watch.findings[key]?.clues.map(\.name) ?? []
    }

    private func absent(_ machine: IngestMachine) -> [String] {
        machine.watch.findings.all.filter { $0.key.kind == .neverConnected && $0.key.of == .camera }
            .map(\.key.id)
    }

    /// EDG-17, ING-12: what one list of addresses mends is one finding.
    @Test func camerasWithoutAddressAreOneFinding() throws {
        var machine = try machine()
        #expect(unreachable(machine) == ["k1", "k2"])
        try machine.sweep(at: t0 + wait)
        #expect(absent(machine) == ["k3"])
        // They are not connected for all that.
        let presence = machine.watch.presence.records[.camera(CameraID("k1"))]
        #expect(presence?.presence == .neverHeard)
    }

    /// EDG-17: whoever gets an address has the minutes of a camera from then on, and whoever
    /// loses it is named with the others.
    @Test func anAddressMakesACameraOneOfItsOwn() throws {
        var machine = try machine()
        let later = t0 + .day
        try machine.take(camera("k1", url: "rtsp://192.0.2.1/b"), at: later)
        #expect(unreachable(machine) == ["k2"])
        try machine.sweep(at: later + wait - Interval(milliseconds: 1))
        #expect(absent(machine) == ["k3"])
        try machine.sweep(at: later + wait)
        #expect(absent(machine) == ["k1", "k3"])
        try machine.take(camera("k3"), at: later + wait)
        #expect(unreachable(machine) == ["k2", "k3"] && absent(machine) == ["k1"])
        try machine.take(
            [camera("k2", url: "rtsp://192.0.2.1/c"), camera("k3", url: "rtsp://192.0.2.1/a")]
                .joined(separator: "\n"), at: later + wait)
        #expect(unreachable(machine).isEmpty)
    }
}

extension IngestMachine {
    fileprivate mutating func sweep(at now: Instant) throws {
        _ = try handle(.watch(.observed([], listeningSince: t0)), at: now)
    }
}
