@testable import CLI
import Contracts
import Domain
import Testing

/// The file of a commitment is read by what the form asks for (CON-14, CON-16).
@Suite struct CommitmentFileTests {
    private let form = IngestV1.GetFormResponse(
        items: [
            IngestV1.FormItem(id: "fires", title: "动火", kind: "number"),
            IngestV1.FormItem(id: "danger", title: "重大隐患", kind: "flag"),
            IngestV1.FormItem(id: "grade", title: "风险", kind: "choice"),
            IngestV1.FormItem(id: "notice", title: "公告", kind: "text"),
        ])

    @Test func aFileBecomesARequest() throws {
        let text = """
            enterprise: e1
            day: 2021-11-01
            items: { fires: 1, danger: no, grade: low, notice: 一切正常 }
            works:
              - { kind: hotWork, place: 罐区, from: 2021-11-01 13:00, to: 2021-11-01 15:00, contractor: yes }
            late: { reason: networkFault, text: 断网 }
            """
        let request = try CommitmentFile.read(text, file: "a.yaml", form: form, zone: .beijing)
        #expect(request.enterpriseID == "e1" && request.day == "2021-11-01")
        #expect(
            request.items.map(\.value)
                == [.number(1), .flag(false), .choice("low"), .text("一切正常")])
        #expect(request.works.map(\.place) == ["罐区"])
        #expect(request.works.map(\.isContracted) == [true])
        #expect(request.works.map(\.fromUnixMs) == [1_635_742_800_000])
        #expect(request.lateReason == "networkFault" && request.correctionReason.isEmpty)
    }

    @Test func everyMistakeIsNamedWithItsLine() {
        let text = """
            enterprise: e1
            dag: 2021-11-01
            items: { fires: some, danger: maybe, other: 1 }
            works:
              - { kind: hotWork, place: 罐区, from: noon, to: 2021-11-01 15:00 }
            """
        do {
            _ = try CommitmentFile.read(text, file: "a.yaml", form: form, zone: .beijing)
            Issue.record("It was taken.")
        } catch {
            #expect(error.mistakes.map(\.line) == [1, 2, 3, 3, 3, 5])
        }
    }

    /// CON-15, CON-17: a line of the board has what tells the day from a quiet one.
    @Test func aLineOfTheBoardIsShort() {
        let entry = IngestV1.BoardEntry(
            enterpriseID: "e1", standing: "inTime",
            items: [
                IngestV1.CommitmentItem(id: "fires", value: .number(1)),
                IngestV1.CommitmentItem(id: "cleanings", value: .number(0)),
                IngestV1.CommitmentItem(id: "danger", value: .flag(false)),
                IngestV1.CommitmentItem(id: "grade", value: .choice("low")),
                IngestV1.CommitmentItem(id: "notice", value: .text("一切正常")),
            ])
        let says = entry.record.fields.first { $0.key == "says" }
        #expect(says?.cell == .text("fires 1, grade low"))
        let count = IngestV1.CommitmentCount(due: 3, punctual: 2, late: 1)
        #expect(count.record.fields.last?.cell == .number(66.7))
    }
}
