import Foundation

/// Certificates made for one test run with the openssl program.
struct Certificates: Sendable {
    let authority: String
    let server: (certificate: String, key: String)
    let client: (certificate: String, key: String)
    /// Of the same authority, for another name.
    let elsewhere: (certificate: String, key: String)
    let stranger: (certificate: String, key: String)

    static let shared = Result { try Certificates() }

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "hazwatch-rpc-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }

        func openssl(_ arguments: String...) throws {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
            process.arguments = arguments
            process.currentDirectoryURL = folder
            process.standardError = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        }
        func text(_ name: String) throws -> String {
            try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        }
        func root(_ name: String) throws {
            try openssl(
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                "-nodes", "-days", "2", "-subj", "/CN=\(name)", "-keyout", "\(name).key", "-out",
                "\(name).pem")
        }
        func leaf(
            _ name: String, by authority: String, for names: String = "DNS:localhost,IP:127.0.0.1"
        ) throws -> (String, String) {
            try openssl(
                "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-subj", "/CN=\(name)", "-keyout", "\(name).key", "-out", "\(name).csr")
            try "subjectAltName=\(names)".write(
                to: folder.appendingPathComponent("names"), atomically: true, encoding: .utf8)
            try openssl(
                "x509", "-req", "-in", "\(name).csr", "-CA", "\(authority).pem", "-CAkey",
                "\(authority).key", "-CAcreateserial", "-days", "2", "-extfile", "names", "-out",
                "\(name).pem")
            return (try text("\(name).pem"), try text("\(name).key"))
        }

        try root("authority")
        try root("other")
        authority = try text("authority.pem")
        server = try leaf("server", by: "authority")
        client = try leaf("client", by: "authority")
        elsewhere = try leaf("elsewhere", by: "authority", for: "DNS:elsewhere.test")
        stranger = try leaf("stranger", by: "other")
    }
}
