import Synchronization
import Testing

@testable import RPC

@Suite(.timeLimit(.minutes(10)))
struct InterceptorTests {
    private enum Name: CallStorageKey {
        typealias Value = String
    }

    private struct Gate: ServerInterceptor {
        func intercept(_ call: ServerCall, next: () async throws -> Void) async throws {
            guard let token = call.metadata["authorization"] else {
                throw RPCStatus(.unauthenticated, "A token is missing.")
            }
            call.storage[Name.self] = token
            try await next()
        }
    }

    private struct Recorder: ServerInterceptor {
        let diary: Diary
        let name: String

        func intercept(_ call: ServerCall, next: () async throws -> Void) async throws {
            diary.note("\(name) before \(call.method)")
            do {
                try await next()
                diary.note("\(name) after")
            } catch {
                diary.note("\(name) \((error as? RPCStatus)?.code.description ?? "other")")
                throw error
            }
        }
    }

    private struct Spoiler: ServerInterceptor {
        func intercept(_ call: ServerCall, next: () async throws -> Void) async throws {
            try await next()
            throw RPCStatus(.aborted, "after the fact")
        }
    }

    private static let whoAmI = RPCMethod<Blob, Blob>(
        service: "test.Token", name: "WhoAmI", kind: .unary)

    private static var router: RPCRouter {
        var router = Echo.router
        router.unary(whoAmI) { _, call in Blob(Array((call.storage[Name.self] ?? "nobody").utf8)) }
        return router
    }

    @Test func anInterceptorRefusesOrLeavesSomethingForTheHandler() async throws {
        try await withRig(Self.router, interceptors: [Gate()]) { rig in
            let without = await status { _ = try await rig.client.unary(Self.whoAmI, "") }
            #expect(without == RPCStatus(.unauthenticated, "A token is missing."))
            let with = try await rig.client.unary(
                Self.whoAmI, "", options: CallOptions(metadata: ["authorization": "me"]))
            #expect(with == "me")
        }
    }

    @Test func interceptorsNestInOrderAndSeeHowItEnded() async throws {
        let diary = Diary()
        let interceptors = [
            Recorder(diary: diary, name: "outer"), Recorder(diary: diary, name: "inner"),
        ]
        try await withRig(Self.router, interceptors: interceptors) { rig in
            _ = try await rig.client.unary(Echo.unary, "x")
            for entry in ["outer before Unary", "inner before Unary", "inner after", "outer after"]
            {
                #expect(diary.count(entry) == 1)
            }
        }
    }

    @Test func everyKindOfCallIsIntercepted() async throws {
        try await withRig(Self.router, interceptors: [Gate()]) { rig in
            let streaming = await status {
                for try await _ in try await rig.client.serverStreaming(Echo.expand, "a") {}
            }
            #expect(streaming.code == .unauthenticated)
            let collecting = await status {
                _ = try await rig.client.clientStreaming(Echo.collect).response()
            }
            #expect(collecting.code == .unauthenticated)
            let chatting = await status {
                let call = try await rig.client.bidirectional(Echo.chat)
                for try await _ in call.responses {}
            }
            #expect(chatting.code == .unauthenticated)
        }
    }

    @Test func anErrorAfterTheHandlerReplacesItsResponse() async throws {
        try await withRig(Self.router, interceptors: [Spoiler()]) { rig in
            let status = await status { _ = try await rig.client.unary(Echo.unary, "x") }
            #expect(status == RPCStatus(.aborted, "after the fact"))
        }
    }

    @Test func theClientAsksForMetadataBeforeEachCall() async throws {
        let asked = Tally()
        var configuration = ClientConfiguration()
        configuration.interceptor = { path in
            ["authorization": "token \(asked.add()) for \(path)"]
        }
        try await withRig(Self.router, client: configuration, interceptors: [Gate()]) { rig in
            let first = try await rig.client.unary(Self.whoAmI, "")
            #expect(first == "token 1 for /test.Token/WhoAmI")
            let second = try await rig.client.unary(Self.whoAmI, "")
            #expect(second == "token 2 for /test.Token/WhoAmI")
        }
    }

    @Test func aClientWithoutATokenDoesNotCall() async throws {
        var configuration = ClientConfiguration()
        configuration.interceptor = { _ in throw RPCStatus(.unauthenticated, "no token here") }
        try await withRig(Self.router, client: configuration) { rig in
            let status = await status { _ = try await rig.client.unary(Echo.unary, "") }
            #expect(status == RPCStatus(.unauthenticated, "no token here"))
            #expect(rig.server.connectionCount == 0)
        }
    }
}

@Suite(.timeLimit(.minutes(10)))
struct HealthTests {
    private typealias Request = GrpcHealthV1.HealthCheckRequest

    @Test func servicesServeUntilTheyAreSetOtherwise() async throws {
        try await withRig { rig in
            let check = GrpcHealthV1.Health.check
            for name in ["", Echo.service] {
                let answer = try await rig.client.unary(check, Request(service: name))
                #expect(answer.status == .serving)
            }
            rig.server.health.set(.notServing, service: Echo.service)
            let after = try await rig.client.unary(check, Request(service: Echo.service))
            #expect(after.status == .notServing)
            let whole = try await rig.client.unary(check, Request())
            #expect(whole.status == .serving)
        }
    }

    @Test func anUnknownServiceIsNotFound() async throws {
        try await withRig { rig in
            let status = await status {
                _ = try await rig.client.unary(
                    GrpcHealthV1.Health.check, Request(service: "no.Such"))
            }
            #expect(status.code == .notFound)
        }
    }

    @Test func watchersHearEachChange() async throws {
        try await withRig { rig in
            let watch = try await rig.client.serverStreaming(
                GrpcHealthV1.Health.watch, Request(service: "late.Service"))
            var states = watch.makeAsyncIterator()
            let unknown = try await states.next()
            #expect(unknown?.status == .serviceUnknown)
            rig.server.health.set(.serving, service: "late.Service")
            let serving = try await states.next()
            #expect(serving?.status == .serving)
            rig.server.health.set(.notServing, service: "late.Service")
            let not = try await states.next()
            #expect(not?.status == .notServing)
        }
    }

    @Test func aDrainIsTold() async throws {
        try await withRig { rig in
            let watch = try await rig.client.serverStreaming(GrpcHealthV1.Health.watch, Request())
            var states = watch.makeAsyncIterator()
            _ = try await states.next()
            let draining = Task { await rig.server.drain(within: .seconds(3_600)) }
            let told = try await states.next()
            #expect(told?.status == .notServing)
            watch.cancel()
            await draining.value
        }
    }
}

@Suite(.timeLimit(.minutes(10)))
struct ReflectionTests {
    private typealias Request = GrpcReflectionV1.ServerReflectionRequest
    private typealias Answer = GrpcReflectionV1.ServerReflectionResponse

    private static var router: RPCRouter {
        var router = Echo.router
        let base = ProtoFile(
            name: "base.proto", descriptor: [1], symbols: ["test.Base", "test.Base.field"])
        let middle = ProtoFile(
            name: "middle.proto", descriptor: [2], dependencies: [base], symbols: ["test.Middle"],
            extensions: [.init(extendee: "test.Base", number: 100)])
        let top = ProtoFile(
            name: "top.proto", descriptor: [3], dependencies: [middle, base],
            symbols: ["test.Echo", "test.Echo.Unary"])
        router.describe(top)
        return router
    }

    private static func ask(
        _ question: Request.MessageRequest?, alpha: Bool = false
    ) async throws -> Answer.MessageResponse? {
        let answers = Mutex<Answer.MessageResponse?>(nil)
        let v1 = GrpcReflectionV1.ServerReflection.serverReflectionInfo
        let method = RPCMethod<Request, Answer>(
            service: alpha ? GrpcReflectionV1alpha.ServerReflection.name : v1.service,
            name: v1.name, kind: v1.kind)
        try await withRig(router) { rig in
            let call = try await rig.client.bidirectional(method)
            try await call.send(Request(messageRequest: question))
            let answer = try await call.response()
            #expect(answer.originalRequest?.messageRequest == question)
            answers.withLock { $0 = answer.messageResponse }
        }
        return answers.withLock { $0 }
    }

    @Test(arguments: [false, true])
    func servicesAreListed(alpha: Bool) async throws {
        let answer = try await Self.ask(.listServices(""), alpha: alpha)
        guard case .listServicesResponse(let list) = answer else {
            Issue.record("a list was expected, not \(String(describing: answer))")
            return
        }
        #expect(
            list.service.map(\.name) == [
                "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
                "grpc.reflection.v1alpha.ServerReflection", "test.Echo",
            ])
    }

    @Test func aSymbolGivesItsFileAndAllItImports() async throws {
        let answer = try await Self.ask(.fileContainingSymbol("test.Echo.Unary"))
        #expect(
            answer == .fileDescriptorResponse(.init(fileDescriptorProto: [[3], [2], [1]])))
    }

    @Test func filesAreFoundByNameAlsoWhenOnlyImported() async throws {
        let answer = try await Self.ask(.fileByFilename("base.proto"))
        #expect(answer == .fileDescriptorResponse(.init(fileDescriptorProto: [[1]])))
    }

    @Test func extensionsAreFound() async throws {
        let file = try await Self.ask(
            .fileContainingExtension(.init(containingType: "test.Base", extensionNumber: 100)))
        #expect(file == .fileDescriptorResponse(.init(fileDescriptorProto: [[2], [1]])))
        let numbers = try await Self.ask(.allExtensionNumbersOfType("test.Base"))
        #expect(
            numbers
                == .allExtensionNumbersResponse(
                    .init(baseTypeName: "test.Base", extensionNumber: [100])))
    }

    @Test func whatIsNotThereIsNotFound() async throws {
        for question in [
            Request.MessageRequest.fileByFilename("none.proto"), .fileContainingSymbol("no.Such"),
            .allExtensionNumbersOfType("no.Such"),
        ] {
            guard case .errorResponse(let error) = try await Self.ask(question) else {
                Issue.record("an error was expected")
                continue
            }
            #expect(error.errorCode == Int32(RPCStatus.Code.notFound.rawValue))
        }
    }
}
