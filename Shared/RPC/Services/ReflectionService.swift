/// `grpc.reflection` v1 and v1alpha over the proto files of a router.
enum ReflectionService {
    typealias Request = GrpcReflectionV1.ServerReflectionRequest
    typealias Response = GrpcReflectionV1.ServerReflectionResponse

    static func register(on router: inout RPCRouter) {
        let v1 = GrpcReflectionV1.ServerReflection.serverReflectionInfo
        // v1alpha is the same on the wire; only the names of package and service differ.
        let v1alpha = RPCMethod<Request, Response>(
            service: GrpcReflectionV1alpha.ServerReflection.name, name: v1.name,
            kind: .bidirectional)
        router.describe(GrpcReflectionV1.ServerReflection.file)
        router.describe(GrpcReflectionV1alpha.ServerReflection.file)
        let index = ReflectionIndex(
            files: router.files, services: router.services + [v1.service, v1alpha.service])
        for method in [v1, v1alpha] {
            router.bidirectional(method) { requests, responses, _ in
                for try await request in requests {
                    try await responses.write(index.answer(request))
                }
            }
        }
    }
}

/// What is declared where.
struct ReflectionIndex: Sendable {
    private let services: [String]
    private let files: [String: ProtoFile]
    private let fileOfSymbol: [String: String]
    private let extensions: [String: [Int32: String]]

    init(files roots: [ProtoFile], services: [String]) {
        var files: [String: ProtoFile] = [:]
        var waiting = roots
        while let file = waiting.popLast() {
            guard files.updateValue(file, forKey: file.name) == nil else { continue }
            waiting.append(contentsOf: file.dependencies)
        }
        var fileOfSymbol: [String: String] = [:]
        var extensions: [String: [Int32: String]] = [:]
        for file in files.values.sorted(by: { $0.name < $1.name }) {
            for symbol in file.symbols { fileOfSymbol[symbol] = file.name }
            for declared in file.extensions {
                extensions[declared.extendee, default: [:]][declared.number] = file.name
            }
        }
        self.services = services.sorted()
        self.files = files
        self.fileOfSymbol = fileOfSymbol
        self.extensions = extensions
    }

    func answer(_ request: ReflectionService.Request) -> ReflectionService.Response {
        ReflectionService.Response(
            validHost: request.host, originalRequest: request,
            messageResponse: response(request.messageRequest))
    }

    private func response(
        _ request: ReflectionService.Request.MessageRequest?
    ) -> ReflectionService.Response.MessageResponse {
        switch request {
        case .fileByFilename(let name):
            return descriptors(of: name, sought: name)
        case .fileContainingSymbol(let symbol):
            return descriptors(of: fileOfSymbol[symbol], sought: symbol)
        case .fileContainingExtension(let wanted):
            return descriptors(
                of: extensions[wanted.containingType]?[wanted.extensionNumber],
                sought: "\(wanted.containingType) extension \(wanted.extensionNumber)")
        case .allExtensionNumbersOfType(let type):
            guard fileOfSymbol[type] != nil else { return notFound(type) }
            return .allExtensionNumbersResponse(
                .init(
                    baseTypeName: type,
                    extensionNumber: (extensions[type] ?? [:]).keys.sorted()))
        case .listServices:
            return .listServicesResponse(.init(service: services.map { .init(name: $0) }))
        case nil:
            return .errorResponse(
                .init(
                    errorCode: Int32(RPCStatus.Code.invalidArgument.rawValue),
                    errorMessage: "The request asks for nothing."))
        }
    }

    /// The file and everything that it imports, the file first.
    private func descriptors(
        of name: String?, sought: String
    ) -> ReflectionService.Response.MessageResponse {
        guard let name, let file = files[name] else { return notFound(sought) }
        var seen: Set<String> = [file.name]
        var list = [file]
        var next = 0
        while next < list.count {
            for dependency in list[next].dependencies
            where seen.insert(dependency.name).inserted {
                list.append(dependency)
            }
            next += 1
        }
        return .fileDescriptorResponse(.init(fileDescriptorProto: list.map(\.descriptor)))
    }

    private func notFound(_ sought: String) -> ReflectionService.Response.MessageResponse {
        .errorResponse(
            .init(
                errorCode: Int32(RPCStatus.Code.notFound.rawValue),
                errorMessage: "This server describes nothing of the name \(sought)."))
    }
}
