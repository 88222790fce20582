// swift-tools-version: 6.2
// The map of the house: every module and what it may use. docs/ARCHITECTURE.md says why.
// A line for each module, so that the whole fits the eye:
// swift-format-ignore-file
import PackageDescription

typealias Uses = [Target.Dependency]
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .treatAllWarnings(as: .error),
    .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("ExistentialAny"),
]

// Libraries that are not ours.
func nio(_ names: String...) -> Uses { names.map { .product(name: $0, package: "swift-nio") } }
func use(_ name: String, _ package: String) -> Target.Dependency { .product(name: name, package: package) }
let sqlite: Uses = [use("GRDB", "GRDB.swift")]
let tls: Uses = [use("NIOSSL", "swift-nio-ssl")]
let log: Uses = [use("Logging", "swift-log")]
let crypto: Uses = [use("Crypto", "swift-crypto")]
let metrics: Uses = [use("Metrics", "swift-metrics"), use("CoreMetrics", "swift-metrics")]
let lifecycle: Uses = [use("ServiceLifecycle", "swift-service-lifecycle")]
let arguments: Uses = [use("ArgumentParser", "swift-argument-parser")]
let yaml: Uses = [use("Yams", "Yams")]
let http: Uses = [use("AsyncHTTPClient", "async-http-client")]
let web: Uses = ["Hummingbird", "HummingbirdCore"].map { use($0, "hummingbird") }

// Modules by kind.
func shared(_ name: String, _ uses: Uses = [], exclude: [String] = [], embed: [String] = []) -> Target {
    .target(name: name, dependencies: uses, path: "Shared/\(name)", exclude: exclude,
        resources: embed.map { .embedInCode($0) }, swiftSettings: strict)
}
func library(_ name: String, _ pc: String, _ apt: String) -> Target {
    .systemLibrary(name: name, path: "Shared/C/\(name)", pkgConfig: pc, providers: [.apt([apt])])
}
func tests(_ name: String, _ uses: Uses, exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: uses, path: "Tests/\(name)", exclude: exclude, swiftSettings: strict)
}
func program(_ name: String, _ path: String, _ uses: Uses) -> Target {
    .executableTarget(name: name, dependencies: uses, path: path, swiftSettings: strict)
}
/// A service is three modules: the pure core, the service around it, and a thin main.
func service(_ name: String, _ uses: Uses = [], core coreUses: Uses = [], after upstreams: Uses = [], golden: [String] = [], embed: [String] = [], apart: [String] = []) -> [Target] {
    let core: Uses = [.byName(name: "\(name)Core")] + coreUses
    let all = [.byName(name: name)] + core + platform
    return [
        .target(name: "\(name)Core", dependencies: ["Domain", "Policy", "Kernel"] + coreUses,
            path: "Services/\(name)/Core", swiftSettings: strict),
        .target(name: name, dependencies: core + platform + uses,
            path: "Services/\(name)/Service", resources: embed.map { .embedInCode($0) }, swiftSettings: strict),
        program("\(name)Main", "Services/\(name)/Main", [.byName(name: name), "Runtime"]),
        tests("\(name)CoreTests", core + ["Domain", "Policy", "Kernel", "Runtime", "SimKit"], exclude: golden),
        tests("\(name)Tests", all + ["SimKit"] + uses + upstreams, exclude: apart),
    ]
}
let platform: Uses = ["Domain", "Policy", "Kernel", "RPC", "Storage", "Contracts", "Runtime"] + sqlite + log

let package = Package(
    name: "hazwatch",
    products: [
        .executable(name: "hazwatch", targets: ["CLI"]),
        .executable(name: "hazwatch-ingest", targets: ["IngestMain"]),
        .executable(name: "hazwatch-risk", targets: ["RiskMain"]),
        .executable(name: "hazwatch-notification", targets: ["NotificationMain"]),
        .executable(name: "hazwatch-interop-server", targets: ["InteropServer"]),
        .executable(name: "hazwatch-sim", targets: ["SimulationMain"]),
        .executable(name: "hazwatch-kill", targets: ["KillMain"]),
        .executable(name: "notification-bench", targets: ["NotificationBench"]),
        .executable(name: "rpc-bench", targets: ["RPCBench"]),
        .executable(name: "readings-bench", targets: ["ReadingsBench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML", "CommandLineArguments"]),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        library("CNghttp2", "libnghttp2", "libnghttp2-dev"),
        library("CProtobufC", "libprotobuf-c", "libprotobuf-c-dev"),
        library("CZlib", "zlib", "zlib1g-dev"),
        .target(name: "CMessageArena", dependencies: ["CProtobufC"], path: "Shared/C/CMessageArena"),
        .target(name: "CMessages", dependencies: ["CProtobufC"], path: "Shared/C/CMessages"),
        .target(name: "CTestMessages", dependencies: ["CProtobufC"], path: "Tests/Interop/CTestMessages"),
        shared("Domain"),
        shared("Policy", ["Domain"], embed: ["Profiles", "Calendars"]),
        shared("Kernel", ["Domain", use("HeapModule", "swift-collections")]),
        shared("RPC", ["CNghttp2", "CZlib", "CMessages", "CMessageArena", use("DequeModule", "swift-collections")]
            + nio("NIOCore", "NIOPosix", "NIOTLS") + tls + log, exclude: ["DESIGN.md"]),
        shared("Storage", ["Domain"] + sqlite + crypto),
        shared("Contracts", ["Domain", "RPC", "CMessages"] + nio("NIOCore")),
        shared("Runtime", ["Domain", "Policy", "Kernel", "RPC", "Storage", "Contracts",
            use("JWTKit", "jwt-kit"), use("Configuration", "swift-configuration"),
            use("DequeModule", "swift-collections"), use("HeapModule", "swift-collections")]
            + nio("NIOCore", "NIOPosix") + sqlite + crypto + log + metrics + lifecycle + yaml + web),
        shared("SimKit", ["Domain", "Kernel", "Storage", "Runtime", "RPC", "Contracts"]
            + nio("NIOPosix") + log),
    ]
    + service("Ingest", yaml + metrics + lifecycle + crypto, core: [use("OrderedCollections", "swift-collections")], embed: ["Packs"], apart: ["python"]) + service("Risk", after: ["Ingest"])
    + service("Notification", ["NotificationChannels"] + http + web + crypto + nio("NIOCore", "NIOHTTP1") + lifecycle,
        after: ["Ingest", "Risk"], golden: ["Golden"])
    + [
        .target(name: "NotificationChannels", dependencies: ["Domain", "Runtime"] + http + web + tls + crypto + log
            + lifecycle + nio("NIOCore", "NIOPosix", "NIOHTTP1"),
            path: "Services/Notification/Channels", exclude: ["DESIGN.md"], swiftSettings: strict),
        program("CLI", "Services/CLI", ["Ingest", "IngestCore", "Risk", "Notification", "NotificationCore", "NotificationChannels"] + platform
            + arguments + yaml + nio("NIOCore", "NIOPosix") + web + http + lifecycle),
        .target(name: "Interop", dependencies: ["RPC", "CTestMessages"] + nio("NIOCore"),
            path: "Tests/Interop/Cases", swiftSettings: strict),
        program("InteropServer", "Tests/Interop/Server", ["Interop", "RPC"] + nio("NIOPosix") + log + arguments
            + [use("UnixSignals", "swift-service-lifecycle")]),
        program("RPCBench", "Tests/Benchmarks/Ours", ["RPC", "Contracts"] + nio("NIOPosix") + log),
        program("ReadingsBench", "Tests/Benchmarks/Readings", ["Ingest", "IngestCore", "Domain", "Kernel", "Runtime", "Contracts", "RPC"]
            + nio("NIOPosix") + log),
        .target(name: "Simulation", dependencies: ["Domain", "Policy", "Kernel", "Runtime", "Storage", "Contracts", "IngestCore",
            "Ingest", "RiskCore", "Risk", "NotificationCore", "Notification"],
            path: "Tests/Simulation/World", swiftSettings: strict),
        program("SimulationMain", "Tests/Simulation/Main", ["Simulation", "Policy"] + arguments),
        program("NotificationBench", "Tests/Benchmarks/Notification", ["Notification", "NotificationChannels", "NotificationCore",
            "Domain", "Policy", "Runtime", "Storage"] + log),
        .target(name: "KillCourse", dependencies: ["Domain", "Policy", "Kernel", "RPC", "Storage", "Contracts", "Runtime", "SimKit"]
            + sqlite + log + nio("NIOPosix"), path: "Tests/Kill/Course", swiftSettings: strict),
        program("KillMain", "Tests/Kill/Main", ["KillCourse"] + arguments),
        program("KillChild", "Tests/KillChild", ["Runtime", "Storage", "Kernel", "Domain", "SimKit"] + log),
        tests("DomainTests", ["Domain"]),
        tests("PolicyTests", ["Policy", "Domain", "Runtime"], exclude: ["python"]),
        tests("KernelTests", ["Kernel", "Domain"]),
        tests("RPCTests", ["RPC", "Contracts", "CNghttp2"] + nio("NIOCore", "NIOPosix") + tls + log),
        tests("StorageTests", ["Storage", "Domain", "SimKit"] + sqlite),
        tests("ContractsTests", ["Contracts", "RPC", "CMessages", "CMessageArena"] + nio("NIOCore")),
        tests("RuntimeTests", ["SimKit"] + platform + metrics + nio("NIOPosix")),
        tests("NotificationChannelTests", ["NotificationChannels", "Domain", "Kernel", "Runtime", "SimKit"] + http + web + log
            + tls + lifecycle + nio("NIOCore", "NIOPosix", "NIOHTTP1"), exclude: ["python", "setup.sh"]),
        tests("CLITests", ["CLI", "IngestCore", "SimKit"] + platform + nio("NIOCore")),
        tests("KillCourseTests", ["KillCourse", "SimKit"]),
        tests("SimulationTests", ["Simulation", "Policy"]),
        tests("InteropTests", ["Interop", "RPC", "InteropServer"] + nio("NIOCore", "NIOPosix") + log),
        tests("Scenarios", ["CLI", "SimKit"] + platform, exclude: ["Clauses", "Golden", "tep", "python"]),
        tests("Tidy", []),
    ]
)
