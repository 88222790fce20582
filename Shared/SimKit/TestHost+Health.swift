import Foundation
import FoundationNetworking
import RPC

/// What those see who keep the services running.
extension TestHost {
    /// Asks the admin port of a service, such as for `/readyz`.
    package func admin(_ name: String, _ path: String) async throws -> (status: Int, body: String) {
        guard let port = service(name)?.ports.admin,
            let url = URL(string: "http://127.0.0.1:\(port)\(path)")
        else { throw RPCStatus(.notFound, "No service \(name) runs in this host.") }
        let (bytes, response) = try await URLSession.shared.data(from: url)
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        return (status, String(decoding: bytes, as: UTF8.self))
    }

    /// Asks the health service of a service, without a token.
    package func isServing(_ name: String, _ method: String = "") async throws -> Bool {
        let client = try await client(of: name, as: nil)
        let response = try await client.unary(
            GrpcHealthV1.Health.check, GrpcHealthV1.HealthCheckRequest(service: method))
        await client.close()
        return response.status == .serving
    }
}
