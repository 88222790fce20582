import Contracts
import Testing

struct JournalKindTests {
    @Test(arguments: JournalKind.allCases) func aBodyIsDecodedAsItsKindSays(kind: JournalKind)
        throws
    {
        let record = try JournalRecord(kind: kind, body: [])
        #expect(record.kind == kind)
        #expect(type(of: record.message).messageName == kind.messageName)
        #expect(record.body.isEmpty)
    }

    @Test func kindsNameTheirService() {
        let services = Set(
            JournalKind.allCases.compactMap { $0.rawValue.split(separator: ".").first })
        #expect(services == ["ingest", "risk", "notification"])
    }

    @Test func aRecordComesBack() throws {
        let record = JournalRecord.levelChanged(
            RiskV1.Warning(hazardSourceID: "hs-1", level: .red, previousLevel: .orange))
        #expect(try JournalRecord(kind: .levelChanged, body: record.body) == record)
    }

    @Test func aKindOfANewerServiceIsNotOurs() {
        #expect(JournalKind(rawValue: "risk.sun_rose") == nil)
    }
}
