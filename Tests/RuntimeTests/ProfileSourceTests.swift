import Foundation
import Policy
import SimKit
import Testing

@testable import Runtime

@Suite struct YAMLTreeTests {
    @Test func valuesKnowTheirLines() throws {
        let tree = try YAMLTree.read("a: 1\nb:\n  - x\n  - y: z\n")
        #expect(
            tree
                == ProfileNode(
                    .map([
                        .init(key: "a", line: 1, value: ProfileNode(.scalar("1"), line: 1)),
                        .init(
                            key: "b", line: 2,
                            value: ProfileNode(
                                .list([
                                    ProfileNode(.scalar("x"), line: 3),
                                    ProfileNode(
                                        .map([
                                            .init(
                                                key: "y", line: 4,
                                                value: ProfileNode(.scalar("z"), line: 4))
                                        ]), line: 4),
                                ]), line: 3)),
                    ]), line: 1))
        #expect(try YAMLTree.read("") == nil)
        #expect(try YAMLTree.read("# nothing\n") == nil)
    }

    static let mistakes: [(text: String, line: Int)] = [
        ("a: 1\na: 2", 1), ("a: \"", 1), ("a: 1\n b: 2", 2), ("? [x]\n: 1", 1), ("a: *b", 1),
        ("a: 1\n\tb: 2", 2),
    ]

    @Test(arguments: mistakes)
    func whatIsNoYAMLIsRefusedWithItsLine(row: (text: String, line: Int)) {
        #expect {
            try YAMLTree.read(row.text)
        } throws: { error in
            (error as? YAMLMistake)?.line ?? 0 >= row.line
        }
    }

    @Test func aFileCannotUnfoldToMoreThanItHolds() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for index in 1...7 {
            let alias = "*a\(index - 1)"
            let list = Array(repeating: alias, count: 10).joined(separator: ", ")
            text += "a\(index): &a\(index) [\(list)]\n"
        }
        #expect(throws: YAMLMistake.self) { try YAMLTree.read(text) }
        let deep = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        #expect(throws: YAMLMistake.self) { try YAMLTree.read(deep) }
    }
}

@Suite struct ProfileSourceTests {
    @Test func theProfileOfTheProgramIsThere() throws {
        let profile = try ProfileSource.load("mem-2021")
        #expect(profile.id == ProfileID("mem-2021"))
    }

    @Test func aFileOfTheOperatorIsNamedByItsPath() throws {
        let folder = try TemporaryFolder()
        let file = try #require(BundledProfiles.file(ProfileID("mem-2021")))
        let text = String(decoding: file.content, as: UTF8.self)
            .replacingOccurrences(of: "id: mem-2021", with: "id: our-own")
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file("mem-2021.yaml")))
        let profile = try ProfileSource.load(folder.file("mem-2021.yaml"))
        #expect(profile.id == ProfileID("our-own"))
    }

    @Test func whatIsMissingIsNamedWithWhatThereIs() {
        #expect {
            try ProfileSource.load("mem-1821")
        } throws: { error in
            "\(error)".contains("mem-1821") && "\(error)".contains("mem-2021")
        }
        #expect {
            try ProfileSource.load("./our-own.yaml")
        } throws: { error in
            "\(error)".contains("./our-own.yaml") && "\(error)".contains("no such file")
        }
    }

    @Test func mistakesComeWithTheirLines() {
        #expect {
            try ProfileSource.read("id: x\ncolour: red\n", place: "x.yaml")
        } throws: { error in
            "\(error)".contains("x.yaml") && "\(error)".contains("line 2")
        }
    }
}
