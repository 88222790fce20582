import Contracts
import Domain
import Foundation
import IngestCore

/// What the enterprises of the demo city hand in: the same day of one of them says the same.
enum DemoPapers {
    /// A day of one enterprise: a quiet one, or one with a hot work, at every third of them.
    static func commitment(
        of number: Int, on day: CalendarDay, form: IngestV1.GetFormResponse, zone: Zone
    ) -> IngestV1.FileCommitmentRequest {
        let hasWork = number % 3 == 0
        var answers: [String: IngestV1.CommitmentItem.Value] = [
            "unitsNumber": .number(2), "runNumber": .number(2),
            "riskGrade": .choice(hasWork ? "general" : "low"), "responsibility": .flag(true),
            "measures": .text("班前会交底，现场监护，气体检测合格后作业（示范）"),
            "commitmentNotice": .text("今日各装置安全风险已研判，风险受控，特此承诺（示范）"),
            "dutyLead": .text(DemoNames.person(number)),
            "dutyLeadPhone": .text(DemoNames.telephone(number)),
        ]
        if hasWork { answers["fire2Number"] = .number(1) }
        var request = IngestV1.FileCommitmentRequest(
            enterpriseID: DemoNames.enterprise(number), day: day.text)
        request.items = form.items.filter(\.isRequired).map { item in
            IngestV1.CommitmentItem(id: item.id, value: answers[item.id] ?? quiet(item))
        }
        if hasWork {
            request.works = [
                IngestV1.DeclaredWork(
                    kind: "hotWork", place: "示范罐区东侧管廊",
                    fromUnixMs: day.instant(minutes: 14 * 60, in: zone).unixMilliseconds,
                    toUnixMs: day.instant(minutes: 16 * 60, in: zone).unixMilliseconds,
                    inCharge: DemoNames.person(number), isContracted: true, content: "管线焊接",
                    permit: "DH-\(day)-\(number)")
            ]
        }
        return request
    }

    /// None, no, and few words: what a form asks for that a place has made its own.
    private static func quiet(_ item: IngestV1.FormItem) -> IngestV1.CommitmentItem.Value {
        switch item.kind {
        case "number": .number(0)
        case "flag": .flag(false)
        case "choice": .choice(item.words.last?.id ?? "")
        case _: .text("无")
        }
    }

    /// A workshop was cleaned; the photograph is one grey dot, another one each day.
    static func cleaning(
        of area: String, on day: CalendarDay, at now: Instant
    ) -> IngestV1.CheckInRequest {
        let dot = Data(
            base64Encoded: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGOo"
                + "BwAAgQCAhR2wJwAAAABJRU5ErkJggg==")
        return IngestV1.CheckInRequest(
            id: "demo-cleaning-\(day)", areaKind: "object", areaID: area,
            cleanedUnixMs: now.unixMilliseconds, longitude: 120.5, latitude: 0.5,
            remark: "班后清扫（示范）", photo: Array(dot ?? Data()) + Array(day.text.utf8))
    }

    /// An outage of all points of a device until some hours from now.
    static func outage(
        _ id: String, of number: Int, device: String, cause: String, reason: String,
        from start: Instant, at now: Instant
    ) -> IngestV1.SendFilingRequest {
        IngestV1.SendFilingRequest(
            id: id, enterpriseID: DemoNames.enterprise(number), deviceIDs: [device], cause: cause,
            reason: reason, startUnixMs: start.unixMilliseconds,
            endUnixMs: (now + .hours(8)).unixMilliseconds, disables: true)
    }

    static func confirmation(_ id: String) -> IngestV1.VerifyFilingRequest {
        IngestV1.VerifyFilingRequest(
            id: id, verdict: "confirm", method: "onSite", finding: "现场核实，情况属实（示范）",
            evidence: [
                IngestV1.Evidence(
                    name: "示范核实照片.jpg", sha256: String(repeating: "0d", count: 32))
            ])
    }
}
