import Foundation
import Policy
import Testing

/// The schema for editors agrees with the reader, as far as a schema can know.
@Suite struct SchemaTests {
    /// docs/POLICY.md says what each text must state.
    @Test func theTableOfTextsIsThatOfTheProgram() throws {
        let page = try String(contentsOfFile: Repository.path("docs/POLICY.md"), encoding: .utf8)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
        var kinds: [NoticeTemplate.Kind] = []
        for row in rows {
            let cells = row.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            let names = cells[1].split(separator: "`").compactMap {
                NoticeTemplate.Kind(rawValue: String($0))
            }
            guard !cells[2].hasPrefix(" pieces") else { continue }
            for kind in names {
                kinds.append(kind)
                #expect(
                    Set(cells[2].split(separator: " ").map(String.init))
                        == Set(kind.required.map(\.rawValue)), "\(kind)")
            }
        }
        #expect(kinds.count >= 9)
    }

    /// What is wrong with each file, by a validator that is not ours.
    private static func complaints(_ files: [String]) throws -> [String: [String]] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Repository.path(interpreter))
        process.arguments =
            [
                Repository.path("Tests/PolicyTests/python/validate.py"),
                Repository.path("docs/policy.schema.json"),
            ] + files
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode([String: [String]].self, from: text)
    }

    private static let interpreter = ".build/interop/venv/bin/python"
    /// Tests/Interop/setup.sh makes it.
    static let isThere = FileManager.default.fileExists(
        atPath: Repository.path(".build/interop/venv/bin/jsonschema"))

    @Test(.enabled(if: isThere, "Tests/Interop/setup.sh makes the validator"))
    func schemaTakesTheProfilesOfTheProgram() throws {
        let files =
            BundledProfiles.files.map { Repository.path("Shared/Policy/Profiles/\($0.id).yaml") }
            + [
                Repository.path("docs/examples/licheng-supplied.yaml"),
                Repository.path("docs/examples/new-city.yaml"),
            ]
        for (file, complaints) in try Self.complaints(files) {
            #expect(complaints.isEmpty, "\(file): \(complaints)")
        }
    }

    /// The broken profiles whose mistake is one of form, which an editor can show while it is made.
    @Test(.enabled(if: isThere, "Tests/Interop/setup.sh makes the validator"))
    func schemaKnowsMistakesOfForm() throws {
        let folder = NSTemporaryDirectory() + "/policy-schema"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var names: [String: String] = [:]
        for (number, broken) in Self.broken.enumerated() {
            let path = "\(folder)/\(number).yaml"
            let (text, _) = try Edited.text(broken.id, [(broken.old, broken.new)])
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            names[path] = broken.what
        }
        let refused = try Self.complaints(names.keys.sorted()).filter { !$0.value.isEmpty }
        let known = Set(refused.keys.compactMap { names[$0] })
        #expect(known.isSuperset(of: Self.ofForm), "\(Set(Self.ofForm).subtracting(known))")
    }

    private static let broken =
        BrokenProfileTests.rows.map { (what: $0.what, id: "mem-2021", old: $0.old, new: $0.new) }
        + (BrokenObligationTests.owed + BrokenObligationTests.others).map {
            (what: $0.what, id: $0.id, old: $0.old, new: $0.new)
        }

    static let ofForm = [
        "a budget without a source", "a clause without an article", "a count of one",
        "a fact that does not exist", "a key that does not exist",
        "a kind of case that does not exist", "a kind of node that does not exist",
        "a length of no time", "a level that nobody is told of", "a level without an alarm",
        "a number of no messages", "a placement twice", "a question without an answer",
        "a recipient named twice", "a role filled in two ways", "a role that nobody can fill",
        "a rule that nothing starts", "a rule without a clause", "a text where keys belong",
        "a time that does not exist", "a version that is no day", "a word that is no level",
        "an answer that is none", "hours for working days", "no length of time",
        "no offset from UTC",
    ]
}
