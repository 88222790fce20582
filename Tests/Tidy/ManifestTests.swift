import Foundation
import Testing

/// What `swift package dump-package` says of a target.
struct ManifestTarget: Decodable {
    struct Dependency: Decodable {
        /// A target or product of this package; nil for a library that is not ours.
        var name: String?

        enum CodingKeys: CodingKey { case byName, target }

        init(name: String) { self.name = name }

        init(from decoder: any Decoder) throws {
            let keyed = try decoder.container(keyedBy: CodingKeys.self)
            for key in [CodingKeys.byName, .target] where keyed.contains(key) {
                var parts = try keyed.nestedUnkeyedContainer(forKey: key)
                name = try parts.decode(String.self)
            }
        }
    }

    var name: String
    var type: String
    var path: String?
    var dependencies: [Dependency]
}

enum Manifest {
    /// Programs and libraries that only tests use: their names say what they are, not where.
    static let others = [
        "Tests/Interop/Cases": "Interop", "Tests/Interop/Server": "InteropServer",
        "Tests/Interop/CTestMessages": "CTestMessages", "Tests/Benchmarks/Ours": "RPCBench",
        "Tests/Simulation/World": "Simulation", "Tests/Simulation/Main": "SimulationMain",
        "Tests/Benchmarks/Notification": "NotificationBench",
        "Tests/Benchmarks/Readings": "ReadingsBench",
        "Tests/Kill/Course": "KillCourse", "Tests/Kill/Main": "KillMain",
    ]
    /// Folders with sources of packages and programs that are not of this package.
    static let apart = ["Tests/Benchmarks/Peers/", "Tests/Benchmarks/bare-nghttp2/"]

    static func targets() throws -> [ManifestTarget] {
        struct Dump: Decodable { var targets: [ManifestTarget] }
        let swift = Process()
        swift.executableURL = URL(filePath: "/usr/bin/env")
        // A scratch folder of its own: the one of the running tests is locked.
        swift.arguments = [
            "swift", "package", "--package-path", House.root.path,
            "--scratch-path", House.root.appending(path: ".build/tidy").path, "dump-package",
        ]
        let output = Pipe()
        swift.standardOutput = output
        try swift.run()
        let dumped = try output.fileHandleForReading.readToEnd() ?? Data()
        swift.waitUntilExit()
        return try JSONDecoder().decode(Dump.self, from: dumped).targets
    }

    static func checkPath(_ target: ManifestTarget) -> [Finding] {
        let path = target.path ?? "Sources/" + target.name
        let expected =
            Layers.modules.first { $0.path == path }?.name ?? others[path]
            ?? (path.hasPrefix("Tests/") ? String(path.dropFirst(6)) : nil)
        if expected == target.name { return [] }
        return [
            finding("target \(target.name) lies in \(path)", "use a path and a name of the table")
        ]
    }

    static func checkUses(_ target: ManifestTarget) -> [Finding] {
        guard let module = Layers.modules.first(where: { $0.name == target.name }) else {
            return []
        }
        return target.dependencies.compactMap(\.name)
            .filter { name in
                Layers.modules.contains { $0.name == name } && !module.uses.contains(name)
            }
            .map {
                finding(
                    "\(target.name) depends on \($0)",
                    "use only \(module.uses.joined(separator: ", "))")
            }
    }

    /// Each folder with sources belongs to a target.
    static func checkFolders(_ paths: [String], _ targets: [ManifestTarget]) -> [Finding] {
        paths.filter { path in
            !apart.contains { path.hasPrefix($0) }
                && !targets.contains { path.hasPrefix(($0.path ?? "?") + "/") }
        }
        .map {
            Finding(
                path: $0, line: 1, wrong: "the file belongs to no target",
                instead: "add its folder to Package.swift or remove it")
        }
    }

    /// Each module but mains and C has tests of its own.
    static func checkTests(_ targets: [ManifestTarget]) -> [Finding] {
        Layers.modules.filter { module in
            !module.name.hasPrefix("C") || module.name == "CLI" || module.name == "Contracts"
        }
        .filter { module in
            !module.name.hasSuffix("Main") && module.name != "SimKit"
                && !targets.contains {
                    $0.name == module.tests ?? module.name + "Tests" && $0.type == "test"
                }
        }
        .map { finding("\($0.name) has no tests", "add the test target \($0.name)Tests") }
    }

    private static func finding(_ wrong: String, _ instead: String) -> Finding {
        Finding(path: "Package.swift", line: 1, wrong: wrong, instead: instead)
    }
}

@Suite struct ManifestTests {
    @Test func theManifestAgreesWithTheTable() throws {
        let targets = try Manifest.targets()
        try #require(targets.count > 20)
        let sources = House.files.map(\.path).filter { path in
            [".swift", ".c", ".h"].contains { path.hasSuffix($0) } && path.contains("/")
        }
        expectNone(
            targets.flatMap(Manifest.checkPath) + targets.flatMap(Manifest.checkUses)
                + Manifest.checkFolders(sources, targets) + Manifest.checkTests(targets))
    }

    @Test func strayTargetsAreFound() {
        let stray = ManifestTarget(
            name: "Domain", type: "regular", path: "Shared/Kernel",
            dependencies: [.init(name: "Policy")])
        #expect(Manifest.checkPath(stray).count == 1)
        #expect(Manifest.checkUses(stray).count == 1)
        #expect(Manifest.checkFolders(["Shared/Lost/X.swift"], [stray]).count == 1)
        #expect(Manifest.checkTests([stray]).map(\.wrong).contains("RPC has no tests"))
    }
}
