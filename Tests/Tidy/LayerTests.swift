import Testing

/// A module: where it lies, and which modules it may import. docs/ARCHITECTURE.md 1 in code.
struct Module {
    var layer: Int
    var name: String
    var path: String
    /// Modules of ours, all of lower layers.
    var uses: [String] = []
    /// Libraries that are not ours; a name that ends in `*` stands for all that start so.
    var outside: [String] = []
    /// The target that tests it, if that is not called as it is with `Tests` behind.
    var tests: String?
}

/// The table. A module that is not in it may not exist.
enum Layers {
    static let system = [
        "Foundation", "FoundationEssentials", "Glibc", "Synchronization", "Dispatch",
    ]
    static let nio = ["NIO*", "_NIO*"]
    static let upToContracts = ["Domain", "Policy", "Kernel", "RPC", "Storage", "Contracts"]
    static let services = ["Ingest", "Risk", "Notification"]

    static let modules: [Module] =
        [
            Module(layer: 0, name: "CNghttp2", path: "Shared/C/CNghttp2"),
            Module(layer: 0, name: "CProtobufC", path: "Shared/C/CProtobufC"),
            Module(layer: 0, name: "CZlib", path: "Shared/C/CZlib"),
            Module(layer: 0, name: "CMessages", path: "Shared/C/CMessages", uses: ["CProtobufC"]),
            Module(
                layer: 0, name: "CMessageArena", path: "Shared/C/CMessageArena",
                uses: ["CProtobufC"]),
            Module(layer: 0, name: "Domain", path: "Shared/Domain"),
            Module(layer: 1, name: "Policy", path: "Shared/Policy", uses: ["Domain"]),
            Module(
                layer: 2, name: "Kernel", path: "Shared/Kernel", uses: ["Domain"],
                outside: ["HeapModule"]),
            Module(
                layer: 3, name: "RPC", path: "Shared/RPC",
                uses: ["CNghttp2", "CZlib", "CMessages", "CMessageArena"],
                outside: system + nio + ["Logging", "DequeModule"]),
            Module(
                layer: 3, name: "Storage", path: "Shared/Storage", uses: ["Domain"],
                outside: system + ["GRDB", "Crypto"]),
            Module(
                layer: 4, name: "Contracts", path: "Shared/Contracts",
                uses: ["Domain", "RPC", "CMessages"],
                outside: ["NIOCore", "Synchronization"]),
            Module(
                layer: 6, name: "Runtime", path: "Shared/Runtime", uses: upToContracts,
                outside: system + nio + [
                    "GRDB", "Crypto", "JWTKit", "Configuration", "Logging", "Metrics",
                    "CoreMetrics", "ServiceLifecycle", "UnixSignals", "Yams", "Hummingbird*",
                    "HTTPTypes", "DequeModule", "HeapModule",
                ]),
            Module(
                layer: 7, name: "NotificationChannels", path: "Services/Notification/Channels",
                uses: ["Domain", "Runtime"],
                outside: system + nio + [
                    "Logging", "AsyncHTTPClient", "Crypto", "Hummingbird*", "HTTPTypes",
                    "ServiceLifecycle",
                ], tests: "NotificationChannelTests"),
            Module(
                layer: 8, name: "SimKit", path: "Shared/SimKit", uses: upToContracts + ["Runtime"],
                outside: ["*"]),
            Module(
                layer: 8, name: "CLI", path: "Services/CLI",
                uses: upToContracts + [
                    "Runtime", "IngestCore", "NotificationCore", "NotificationChannels",
                ] + services, outside: ["*"]),
        ]
        + services.flatMap { service in
            [
                Module(
                    layer: 5, name: service + "Core", path: "Services/\(service)/Core",
                    uses: ["Domain", "Policy", "Kernel"], outside: ["OrderedCollections"]),
                Module(
                    layer: 7, name: service, path: "Services/\(service)/Service",
                    uses: upToContracts + ["Runtime", service + "Core"]
                        + (service == "Notification" ? ["NotificationChannels"] : []),
                    outside: system + nio + [
                        "GRDB", "Logging", "Metrics", "CoreMetrics", "Yams", "AsyncHTTPClient",
                        "Crypto", "Hummingbird*", "HTTPTypes", "ServiceLifecycle",
                    ]),
                Module(
                    layer: 8, name: service + "Main", path: "Services/\(service)/Main",
                    uses: ["Runtime", service], outside: system),
            ]
        }

    static func module(of path: String) -> Module? {
        modules.first { path.hasPrefix($0.path + "/") }
    }

    /// The modules that a file imports, each with its line.
    static func imports(_ file: SourceFile) -> [(name: String, line: Int)] {
        let kinds: Set = ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias"]
        let attributes: Set = ["package", "internal", "fileprivate", "private", "@testable"]
        let code = file.code
        return code.indices.compactMap { index in
            guard code[index].text == "import", index + 1 < code.count,
                index == 0 || code[index - 1].line < code[index].line
                    || attributes.contains(code[index - 1].text)
            else { return nil }
            let next = code[index + 1]
            guard kinds.contains(next.text), index + 2 < code.count else {
                return (next.text, next.line)
            }
            return (code[index + 2].text, next.line)
        }
    }

    static func check(_ file: SourceFile) -> [Finding] {
        guard !file.isTest else { return [] }
        guard let module = module(of: file.path) else {
            return [
                file.finding(1, "the file belongs to no module of the table", "see Layers.modules")
            ]
        }
        return imports(file).compactMap { imported, line in
            let allowed = module.outside.contains { name in
                name == imported || name.hasSuffix("*") && imported.hasPrefix(name.dropLast())
            }
            let isOurs = modules.contains { $0.name == imported }
            if isOurs ? module.uses.contains(imported) : allowed {
                return sideOfService(file, imported: imported, line: line)
            }
            let uses = (module.uses + module.outside).joined(separator: ", ")
            return file.finding(
                line, "\(module.name) (layer \(module.layer)) may not import \(imported)",
                uses.isEmpty ? "it imports nothing" : "use only \(uses)")
        }
    }

    /// What others may ask (API) and what we remember (Store) do not know each other.
    private static func sideOfService(
        _ file: SourceFile, imported: String, line: Int
    ) -> Finding? {
        if file.path.contains("/Service/API/"), ["Storage", "GRDB"].contains(imported) {
            return file.finding(
                line, "API may not import \(imported)",
                "declare what it needs of Store as a struct of closures")
        }
        if file.path.contains("/Service/Store/"), imported == "RPC" {
            return file.finding(line, "Store may not import RPC", "answer with values of ours")
        }
        return nil
    }
}

@Suite struct LayerTests {
    @Test func modulesImportOnlyWhatTheTableAllows() {
        expectNone(House.swift.flatMap(Layers.check))
    }

    @Test func theTableGoesDownOnly() {
        for (index, module) in Layers.modules.enumerated() {
            for used in module.uses {
                let place = Layers.modules.firstIndex { $0.name == used } ?? .max
                let layer = place < .max ? Layers.modules[place].layer : .max
                // A service may be cut into parts that lie in one layer, in the order of the table.
                let isPart = layer == 7 && used.hasPrefix(module.name) && place < index
                let isLower = layer < module.layer || module.layer == 0 || isPart
                #expect(isLower, "\(module.name) uses \(used)")
            }
        }
    }

    @Test(arguments: [
        ("Shared/Domain/X.swift", "import Foundation"),
        ("Shared/Policy/X.swift", "package import Kernel"),
        ("Shared/Storage/X.swift", "import RPC"),
        ("Shared/RPC/X.swift", "import Storage"),
        ("Shared/RPC/X.swift", "import GRDB"),
        ("Services/Risk/Core/X.swift", "import struct Foundation.Date"),
        ("Services/Risk/Core/X.swift", "import Runtime"),
        ("Services/Risk/Service/X.swift", "import IngestCore"),
        ("Services/Risk/Service/X.swift", "@testable import Ingest"),
        ("Services/Risk/Service/API/X.swift", "import Storage"),
        ("Services/Risk/Service/Store/X.swift", "import RPC"),
        ("Services/Risk/Main/X.swift", "import Ingest"),
        ("Services/Risk/Util/X.swift", "import Ingest"),
    ])
    func forbiddenImportsAreFound(path: String, text: String) {
        #expect(Layers.check(SourceFile(path, "// import Kernel\n" + text)).count == 1)
    }

    @Test(arguments: [
        ("Services/Risk/Service/X.swift", "package import RiskCore\nimport Storage"),
        ("Shared/RPC/X.swift", "import NIOCore\nimport _NIODataStructures"),
        ("Shared/Domain/X.swift", "let text = \"import Foundation\" // import Foundation"),
        ("Shared/Domain/X.swift", "let step = Step.import(all)"),
    ])
    func allowedImportsPass(path: String, text: String) {
        #expect(Layers.check(SourceFile(path, text)).isEmpty)
    }
}
