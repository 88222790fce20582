import Contracts
import Domain
import Foundation
import RPC
import Testing

@testable import CLI

@Suite struct ConnectionTests {
    static let addresses: [(text: String, host: String?, port: Int)] = [
        ("localhost:7401", "localhost", 7401), ("[::1]:80", "::1", 80),
        ("plant.example:65535", "plant.example", 65_535), ("localhost", nil, 0),
        (":7401", nil, 0), ("localhost:0", nil, 0), ("localhost:65536", nil, 0),
        ("::1:80", nil, 0), ("localhost:http", nil, 0), ("", nil, 0),
    ]

    @Test(arguments: addresses)
    func anAddressIsAHostWithAPort(row: (text: String, host: String?, port: Int)) {
        let address = ConnectionOptions.Address(row.text)
        #expect(address?.host == row.host)
        #expect((address?.port ?? 0) == row.port)
    }

    @Test func theDataFolderSaysWhereItsServicesListen() throws {
        let folder = try temporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder + "/risk", withIntermediateDirectories: true)
        try Data("grpc 40123\nadmin 40124\n".utf8)
            .write(to: URL(fileURLWithPath: folder + "/risk/ports"))
        var options = try ConnectionOptions.parse(["--data", folder])
        #expect(try options.address(.risk).port == 40_123)
        #expect(try options.address(.ingest).port == 7401)
        options = try ConnectionOptions.parse(["--data", folder, "--risk", "far.example:1"])
        #expect(try options.address(.risk).description == "far.example:1")
    }

    @Test func aNamedTokenMustBeThereAndADefaultMayBeMissing() throws {
        let folder = try temporaryFolder()
        let token = URL(fileURLWithPath: folder + "/county.token")
        try Data("abc.def\n".utf8).write(to: token)
        #expect(
            try ConnectionOptions.parse(["--token", token.path]).readToken() == "abc.def")
        #expect(try ConnectionOptions.parse(["--data", folder]).readToken() == nil)
        #expect(throws: Failure.self) {
            try ConnectionOptions.parse(["--token", folder + "/other"]).readToken()
        }
        try Data("two words".utf8).write(to: token)
        #expect(throws: Failure.self) {
            try ConnectionOptions.parse(["--token", token.path]).readToken()
        }
    }

    static let statuses: [(code: RPCStatus.Code, exit: Int32, says: String)] = [
        (.unavailable, 3, "risk does not answer at there:1"),
        (.deadlineExceeded, 3, "did not answer in time"),
        (.unauthenticated, 1, "--token FILE"),
        (.permissionDenied, 1, "an administrator issues it"),
        (.notFound, 1, "said so"),
        (.unimplemented, 1, "does not offer this"),
    ]

    @Test(arguments: statuses)
    func aStatusBecomesWhatToDoNext(row: (code: RPCStatus.Code, exit: Int32, says: String)) {
        let explanation = StatusExplanation(service: .risk, address: "there:1", hasToken: false)
        let failure = explanation.failure(RPCStatus(row.code, "said so")) as? Failure
        #expect(failure?.exitCode == row.exit)
        #expect(failure?.lines.joined(separator: "\n").contains(row.says) == true)
    }

    @Test func theMistakesOfAFileKeepTheirLines() {
        let mistakes = CommonV1.Mistakes(mistakes: [
            CommonV1.Mistake(file: "city.yaml", line: 7, text: "no such county"),
            CommonV1.Mistake(file: "city.yaml", line: 9, text: "grade is missing"),
        ])
        let status = RPCStatus(
            .invalidArgument, "refused",
            details: [
                RPCStatus.Detail(
                    typeURL: "type.googleapis.com/" + CommonV1.Mistakes.messageName,
                    value: mistakes.serialized())
            ])
        let explanation = StatusExplanation(service: .ingest, address: "there:1", hasToken: true)
        let refused = explanation.failure(status) as? FileRefused
        #expect(
            refused?.lines() == [
                "city.yaml:7: no such county", "city.yaml:9: grade is missing",
            ])
    }

    @Test func pagesAreAskedForUntilTheLimitOrTheEnd() async throws {
        let options = try PageOptions.parse(["--limit", "5"])
        var asked: [String] = []
        let items = try await Terminal.$screen.withValue(Screen()) {
            try await options.collect { size, token in
                asked.append("\(size) after \(token)")
                return (Array(repeating: token, count: 2), token.isEmpty ? "b" : "c")
            }
        }
        #expect(asked == ["5 after ", "3 after b", "1 after c"])
        #expect(items == ["", "", "b", "b", "c"])
    }
}

@Suite struct JournalTextTests {
    @Test func aLevelSaysFromWhereToWhereAndByWhichRule() {
        let warning = RiskV1.Warning(
            level: .red, previousLevel: .orange, clause: "ours 0010",
            hazardSourceName: "反应器", enterpriseName: "示范化工")
        #expect(
            what("risk.level_changed", warning.serialized())
                == "◆ 预警 level  示范化工 反应器: 橙 orange → 红 red  [ours 0010]")
    }

    @Test func aNoticeSaysToWhomAndWhy() {
        let circular = NotificationV1.Notice(
            reason: .circular, level: .red, role: "city", nodeName: "示范市", channel: "desk",
            clause: "002-WD §12", circularNumber: 3)
        #expect(
            what("notification.notice_queued", circular.serialized())
                == "◆ 警示通报 circular 3 → 示范市 by desk  [002-WD §12]")
    }

    @Test func aKindOfANewerServiceIsShownAsItIs() {
        #expect(what("risk.indicator_changed", [1, 2, 3]) == "risk.indicator_changed  s1")
        // A body that is not what its kind says is no reason to hide the entry.
        #expect(what("risk.level_changed", [255, 255]) == "risk.level_changed  s1")
    }

    private func what(_ kind: String, _ body: [UInt8]) -> String {
        JournalText.what(JournalV1.Entry(kind: kind, subject: "s1", body: body))
    }
}

func temporaryFolder() throws -> String {
    let name = "hazwatch-cli-\(UInt64.random(in: 0 ... .max))"
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
}
