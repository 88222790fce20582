import Foundation
import SimKit
import Testing

@testable import Runtime

@Suite struct ConfigurationTests {
    static let keys = [
        ConfigurationKey("grpc-port", .integer(0...65_535), default: "7402", "The port."),
        ConfigurationKey("clock", .choice(["system", "simulated"]), default: "system", "Time."),
        ConfigurationKey("demo", .truth, default: "false", "A demo city."),
        ConfigurationKey("provider-address", .text, "Where the provider is."),
        ConfigurationKey("provider-password", .text, secret: true, "What the provider asks for."),
    ]

    static func read(
        file: String? = nil, _ environment: [String: String] = [:],
        flags: [(name: String, value: String)] = []
    ) throws -> ServiceConfiguration {
        let folder = try TemporaryFolder()
        if let file {
            try Data(file.utf8).write(to: URL(fileURLWithPath: folder.file("risk.yaml")))
        }
        return try ConfigurationSources(
            file: file.map { _ in folder.file("risk.yaml") }, environment: environment,
            flags: flags
        ).read(service: "risk", keys: keys)
    }

    @Test func laterSourcesWin() throws {
        #expect(try Self.read().integer("grpc-port") == 7402)
        let file = "grpc-port: 1"
        let environment = ["HAZWATCH_RISK_GRPC_PORT": "2", "HAZWATCH_INGEST_GRPC_PORT": "9"]
        #expect(try Self.read(file: file).integer("grpc-port") == 1)
        #expect(try Self.read(file: file, environment).integer("grpc-port") == 2)
        let all = try Self.read(file: file, environment, flags: [("grpc-port", "3")])
        #expect(all.integer("grpc-port") == 3)
        #expect(all.text("clock") == "system")
        #expect(all.optional("provider-address") == nil)
    }

    @Test func secretsAreNotPrinted() throws {
        let shown = try Self.read([
            "HAZWATCH_RISK_PROVIDER_PASSWORD": "open-sesame", "HAZWATCH_RISK_CLOCK": "simulated",
        ]).shown
        #expect(
            shown.map { "\($0.name)=\($0.value)" } == [
                "grpc-port=7402", "clock=simulated (environment)", "demo=false",
                "provider-password=(secret) (environment)",
            ])
    }

    /// What is written, and the words that the refusal must contain.
    static let mistakes: [(file: String?, environment: [String: String], words: [String])] = [
        ("grpc-prot: 1", [:], ["grpc-prot", "risk.yaml:1", "Did you mean `grpc-port`"]),
        ("demo: true\n\nclok: system", [:], ["clok", "risk.yaml:3", "Did you mean `clock`"]),
        (
            nil, ["HAZWATCH_RISK_GRPCPORT": "1"],
            ["HAZWATCH_RISK_GRPCPORT", "environment", "Did you mean `grpc-port`"]
        ),
        (nil, ["HAZWATCH_RISK_ZZZZZZZZZ": "1"], ["HAZWATCH_RISK_ZZZZZZZZZ", "Take it away"]),
        ("grpc-port: 65536", [:], ["grpc-port", "from 0 to 65535", "not `65536`"]),
        ("grpc-port: many", [:], ["grpc-port", "a whole number"]),
        ("clock: sundial", [:], ["clock", "system or simulated", "Time."]),
        ("demo: yes", [:], ["demo", "true or false"]),
        ("grpc-port: [1]", [:], ["grpc-port", "plain value", "risk.yaml:1"]),
        ("- grpc-port", [:], ["risk.yaml:1", "no settings"]),
        ("demo: true\ndemo: false", [:], ["demo", "twice"]),
        ("demo: \"", [:], ["risk.yaml"]),
    ]

    @Test(arguments: mistakes)
    func whatIsWrongIsNamedWithItsPlaceAndARemedy(
        row: (file: String?, environment: [String: String], words: [String])
    ) {
        #expect {
            try Self.read(file: row.file, row.environment)
        } throws: { error in
            error is ConfigurationMistake && row.words.allSatisfy { "\(error)".contains($0) }
        }
    }

    @Test func aSecretIsNotRepeatedInARefusal() {
        let keys = [
            ConfigurationKey("pin", .integer(1...9_999), secret: true, "A number to enter.")
        ]
        #expect {
            try ConfigurationSources(flags: [("pin", "s3cret")]).read(service: "x", keys: keys)
        } throws: { error in
            !"\(error)".contains("s3cret")
        }
    }

    @Test func aMissingFileIsNamed() {
        #expect {
            try ConfigurationSources(file: "/nowhere/risk.yaml").read(
                service: "risk", keys: Self.keys)
        } throws: { error in
            "\(error)".contains("/nowhere/risk.yaml")
        }
    }

    @Test func flagsAreReadInBothForms() throws {
        let sources = try ServiceMain.sources(
            ["--grpc-port", "5", "--clock=simulated", "--config", "a.yaml", "--name=a=b"], [:])
        #expect(sources.file == "a.yaml")
        #expect(sources.flags.map(\.name) == ["grpc-port", "clock", "name"])
        #expect(sources.flags.map(\.value) == ["5", "simulated", "a=b"])
        for wrong in [["grpc-port"], ["--grpc-port"], ["-x", "1"]] {
            #expect(throws: ConfigurationMistake.self) { try ServiceMain.sources(wrong, [:]) }
        }
    }

    static let distances: [(left: String, right: String, distance: Int)] = [
        ("", "", 0), ("a", "", 1), ("", "abc", 3), ("port", "prot", 2), ("clok", "clock", 1),
        ("kitten", "sitting", 3),
    ]

    @Test(arguments: distances)
    func distanceCountsTheLettersThatDiffer(row: (left: String, right: String, distance: Int)) {
        #expect(EditDistance.distance(row.left, row.right) == row.distance)
        #expect(EditDistance.distance(row.right, row.left) == row.distance)
    }
}
