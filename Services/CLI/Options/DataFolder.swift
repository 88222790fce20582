import ArgumentParser
import Foundation

/// Where `hazwatch up` keeps its stores and keys, and where other commands look for them.
struct DataFolder: ParsableArguments {
    @Option(
        name: .long,
        help: "The data folder of `hazwatch up`. Default: HAZWATCH_DATA, else ./data.")
    var data: String?

    var path: String {
        data ?? ProcessInfo.processInfo.environment["HAZWATCH_DATA"] ?? "data"
    }

    /// The port of a service that runs on this folder, as it noted it; nil if none does.
    func port(of service: ServiceName) -> Int? {
        let note = try? String(contentsOfFile: path + "/\(service)/ports", encoding: .utf8)
        let line = note?.split(separator: "\n").first { $0.hasPrefix("grpc ") }
        return line.flatMap { Int($0.dropFirst("grpc ".count)) }
    }

    /// The key that signs the tokens of this installation.
    var tokenKey: String { path + "/keys/token.pem" }

    /// The token that `hazwatch up` wrote at its first start.
    var administratorToken: String { path + "/keys/administrator.token" }
}
