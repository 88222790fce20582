import ArgumentParser
import Foundation

/// Where `hazwatch up` keeps its stores and keys, and where other commands look for them.
struct DataFolder: ParsableArguments {
    @Option(
        name: .long,
        help: "The data folder of `hazwatch up`. Default: HAZWATCH_DATA, else ./data.")
    var data: String?

    var path: String {
        let named = data ?? ProcessInfo.processInfo.environment["HAZWATCH_DATA"] ?? ""
        return named.isEmpty ? "data" : named
    }

    func validate() throws {
        if data == "" {
            throw ValidationError("--data is empty. Name a folder, or leave it out for ./data.")
        }
    }

    /// Throws if a folder was named that is not there; who looks elsewhere by mistake should know.
    func mustExist() throws {
        guard let data, !FileManager.default.fileExists(atPath: data) else { return }
        throw ValidationError(
            "There is no data folder \(data). Name that of `hazwatch up`, or leave --data out.")
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
