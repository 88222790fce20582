import Contracts
import Domain
import Testing

@testable import CLI

@Suite struct RegistryTextTests {
    @Test func aDryRunIsToldEntryByEntryAndFieldByField() {
        let answer = IngestV1.ImportResponse(
            added: 1, changed: 1,
            changes: [
                IngestV1.EntryChange(
                    kind: "point", id: "t1", name: "温度",
                    fields: [
                        IngestV1.FieldChange(field: "high", before: "60", after: "55"),
                        IngestV1.FieldChange(field: "low", before: "0", after: ""),
                    ]),
                IngestV1.EntryChange(
                    kind: "device", id: "v7", name: "储罐V-7", isNew: true,
                    fields: [IngestV1.FieldChange(field: "name", after: "储罐V-7")]),
            ], changesLeftOut: 3,
            remarks: [CommonV1.Mistake(file: "a.yaml", line: 4, text: "device v7: short.")])
        #expect(
            RegistryText.lines(of: answer) == [
                "~ point t1  温度", "    high: 60 → 55", "    low: 0 → -",
                "+ device v7  储罐V-7", "    name: 储罐V-7", "… and 3 entries more",
                "remark: line 4: device v7: short.",
            ])
    }

    /// ING-24: the history of an entry says who, when, by which request, before and after.
    @Test func theHistoryOfAnEntryIsReadFromItsJournal() throws {
        let change = IngestV1.EntryChange(
            kind: "point", id: "t1",
            fields: [IngestV1.FieldChange(field: "high", before: "60", after: "55")])
        let entries = [
            entry(1, .pointPut(IngestV1.Point(id: "t1"))),
            entry(
                2,
                .changeRequested(IngestV1.Change(id: "r1", proposedBy: "works", state: "pending"))),
            entry(3, .pointPut(IngestV1.Point(id: "t1"))),
            entry(
                4,
                .entryRecorded(
                    IngestV1.EntryRecord(
                        change: change, by: "works", reviewedBy: ["county"], reason: "核定",
                        origin: "r1"))),
        ]
        let rows = RegistryHistory.records(entries, zone: .beijing)
        #expect(texts("what", rows) == ["registered", "request pending", "changed"])
        #expect(texts("by", rows) == ["", "works", "works"])
        #expect(texts("reviewed_by", rows) == ["", "", "county"])
        #expect(texts("change", rows).last == "high: 60 → 55")
    }

    private func entry(_ seq: UInt64, _ record: JournalRecord) -> JournalV1.Entry {
        JournalV1.Entry(
            seq: seq, atUnixMs: 1_700_000_000_000, kind: record.kind.rawValue, subject: "t1",
            body: record.body)
    }

    private func texts(_ key: String, _ rows: [Record]) -> [String] {
        rows.map { row in
            guard case .text(let text)? = row.fields.first(where: { $0.key == key })?.cell else {
                return "?"
            }
            return text
        }
    }
}
