/// `grpc.health.v1.Health` over a board.
enum HealthService {
    typealias Response = GrpcHealthV1.HealthCheckResponse

    static func register(on router: inout RPCRouter, board: HealthBoard) {
        router.unary(GrpcHealthV1.Health.check) { request, _ in
            guard let state = board.state(of: request.service) else {
                throw RPCStatus(
                    .notFound, "This server knows no service of the name \(request.service).")
            }
            return response(state)
        }
        router.serverStreaming(GrpcHealthV1.Health.watch) { request, responses, _ in
            for await state in try board.watch(request.service) {
                try await responses.write(response(state))
            }
            try Task.checkCancellation()
        }
        router.describe(GrpcHealthV1.Health.file)
    }

    private static func response(_ state: HealthBoard.State?) -> Response {
        switch state {
        case .serving: Response(status: .serving)
        case .notServing: Response(status: .notServing)
        case nil: Response(status: .serviceUnknown)
        }
    }
}
