import Domain
import Ingest
import IngestCore
import Kernel
import SimKit
import Testing

/// Cameras in the machine of ingest: standings, removal, and addresses that come back masked.
@Suite struct CameraBookTests {
    private static let url = "rtsp://u:secret@192.0.2.1/x"

    private static func cameras(_ url: String, more: String = "") -> RegistryDocument {
        let text = """
            objects:
              - {id: o1, kind: dutyCentre, enterprise: e1, name: 值班监控中心}
            cameras:
              - {id: m1, hazardSource: s1, name: 罐区东, url: "\(url)"\(more)}
            """
        return RegistryFormat.read(Array(text.utf8), fileName: "cameras.yaml")
    }

    private static func empty() throws -> IngestMachine {
        IngestMachine(
            registrar: RegistryMachine(packs: try PackSource.load(), review: .ours),
            commitments: CommitmentBook(form: try FormSource.load(), rule: nil, zone: .beijing))
    }

    private static func machine(more: String = "") throws -> IngestMachine {
        var machine = try empty()
        for document in [
            RegistryFormat.read(Array(cityYAML.utf8), fileName: "city.yaml"),
            cameras(url, more: more),
        ] { _ = try machine.handle(.registry(.importSent(document, scope: nil)), at: t0) }
        return machine
    }

    private static let seen = CameraReport(
        CameraID("m1"), .picture(CameraPicture(codec: "h264", width: 640, height: 480)))
    private static let lost = CameraReport(CameraID("m1"), .fault(.timedOut))

    @Test func aStandingIsToldOnceAndOutlivesARestart() throws {
        var machine = try Self.machine()
        let first = try machine.handle(.camera(Self.seen), at: t0)
        guard case .camera(.changed(let standing, let node))? = first.first else {
            Issue.record("\(first)")
            return
        }
        #expect(first.count == 1 && standing.state == .online && node == NodeID("e1"))
        #expect(try machine.handle(.camera(Self.seen), at: t0 + .hours(1)).isEmpty)
        var again = try Self.empty()
        for change in machine.takeChanges() {
            again.restore(try #require(change.part), key: change.key)
        }
        #expect(again.cameras[CameraID("m1")] == standing)
        #expect(try again.handle(.camera(Self.seen), at: t0 + .hours(2)).isEmpty)
        // The first failure is no news, but outlives a restart: the second is offline.
        #expect(try again.handle(.camera(Self.lost), at: t0 + .hours(3)).isEmpty)
        let doubt = again.takeChanges()
        #expect(doubt.map(\.key) == ["cameraStanding/m1"])
        for change in doubt { machine.restore(try #require(change.part), key: change.key) }
        let last = try machine.handle(.camera(Self.lost), at: t0 + .hours(4))
        guard case .camera(.changed(let offline, _))? = last.first else {
            Issue.record("\(last)")
            return
        }
        #expect(offline.state == .offline && offline.cause == .timedOut)
    }

    @Test func aCameraThatIsNotRegisteredHasNoStanding() throws {
        var machine = try Self.machine()
        _ = machine.takeChanges()
        let report = CameraReport(CameraID("m9"), .fault(.refused))
        #expect(try machine.handle(.camera(report), at: t0).isEmpty)
        #expect(machine.takeChanges().isEmpty)
    }

    @Test func whatIsRemovedTakesItsStandingAlong() throws {
        var machine = try Self.machine()
        _ = try machine.handle(.camera(Self.seen), at: t0)
        let removal = ChangeProposal(
            id: ChangeID("r1"), key: EntryKey(.camera, "m1"), isRemoval: true, fields: [],
            reason: "拆除")
        _ = try machine.handle(
            .registry(.proposed(removal, by: "works", scope: nil)), at: t0)
        _ = machine.takeChanges()
        _ = try machine.handle(
            .registry(
                .reviewed(
                    ChangeID("r1"), .accept, reason: "", by: "county", node: NodeID("d1"))),
            at: t0)
        #expect(machine.cameras[CameraID("m1")] == nil)
        let gone = machine.takeChanges().filter { $0.part == nil }.map(\.key)
        #expect(gone == ["camera/m1", "cameraStanding/m1", "presence/camera/m1"])
    }

    /// An export that is sent in again keeps the password that it did not show; it gives it to no
    /// other host.
    @Test func aMaskedAddressMeansTheOneThatIsRegistered() throws {
        var machine = try Self.machine()
        let shown = Self.cameras("rtsp://***@192.0.2.1/x", more: ", purposes: tank")
        _ = try machine.handle(.registry(.importSent(shown, scope: nil)), at: t0)
        let camera = try #require(machine.registry.cameras[CameraID("m1")])
        #expect(camera.address?.secret == Self.url)
        #expect(camera.facts.text("purposes") == "tank")
        #expect(camera.masked.facts.text("url") == "rtsp://***@192.0.2.1/x")
        let moved = Self.cameras("rtsp://***@192.0.2.2/x")
        #expect(throws: IngestRefusal.self) {
            try machine.handle(.registry(.importSent(moved, scope: nil)), at: t0)
        }
        #expect(machine.registry.cameras[CameraID("m1")] == camera)
    }

    /// ING-07, ING-17: places without a camera are missing; a look that is long ago, or never was,
    /// is remarked, and so is a camera that is offline or has no purpose.
    @Test func coverageRemarksWhatIsStale() throws {
        let day = try #require(CalendarDay("2021-11-01"))
        func row(_ verified: String, _ reports: CameraReport...) throws -> CameraCoverageRow {
            var machine = try Self.machine(more: verified)
            for report in reports { _ = try machine.handle(.camera(report), at: t0) }
            let rows = machine.registry.cameraCoverage(
                by: machine.packs, standings: machine.cameras, on: day)
            #expect(
                rows.filter { $0.row.state == .missing }.map(\.row.subject.id).sorted()
                    == ["o1", "s2"])
            return try #require(rows.first { $0.row.subject.id == "s1" })
        }
        let good = try row(", purposes: tank, verifiedOn: 2021-10-01", Self.seen)
        #expect(good.online == 1 && good.remarks.isEmpty && !good.isOpen)
        let stale = try row(", purposes: tank, verifiedOn: 2021-07-31", Self.seen)
        #expect(
            stale.remarks == [
                "m1: its picture was last verified on 2021-07-31, 93 days ago; look at it again"
            ])
        #expect(stale.row.state == .registered && stale.isOpen)
        let never = try row("", Self.lost, Self.lost)
        #expect(never.online == 0 && never.remarks.count == 3, "\(never.remarks)")
        #expect(never.remarks.contains("m1: it is offline (timedOut)"))
        let doubtful = try row(", purposes: tank, verifiedOn: 2021-10-01", Self.seen, Self.lost)
        #expect(doubtful.online == 1 && doubtful.remarks.count == 1)
        let early = try row(", purposes: tank, verifiedOn: 2021-11-02", Self.seen)
        #expect(early.remarks.count == 1)
    }
}
