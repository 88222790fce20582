import RPC
import Testing

@Suite(.timeLimit(.minutes(10)))
struct CallKindTests {
    @Test func unaryAnswersWithOneMessage() async throws {
        try await withRig { rig in
            let answer: Blob = try await rig.client.unary(Echo.unary, "hello")
            #expect(answer == "hello")
        }
    }

    @Test func emptyMessagesAreMessages() async throws {
        try await withRig { rig in
            let answer = try await rig.client.unary(Echo.unary, Blob([]))
            #expect(answer == Blob([]))
        }
    }

    @Test func largeMessagesCrossWindowsAndFrames() async throws {
        try await withRig { rig in
            let large = Blob(count: 3 << 20, of: 42)
            let answer = try await rig.client.unary(Echo.unary, large)
            #expect(answer == large)
        }
    }

    @Test func clientStreamingCollects() async throws {
        try await withRig { rig in
            let call = try await rig.client.clientStreaming(Echo.collect)
            for part in ["one ", "two ", "three"] { try await call.send(Blob(Array(part.utf8))) }
            #expect(try await call.response() == "one two three")
        }
    }

    @Test func clientStreamingWithoutMessagesStillAnswers() async throws {
        try await withRig { rig in
            let call = try await rig.client.clientStreaming(Echo.collect)
            #expect(try await call.response() == Blob([]))
        }
    }

    @Test func serverStreamingKeepsOrder() async throws {
        try await withRig { rig in
            var parts: [String] = []
            for try await part in try await rig.client.serverStreaming(Echo.expand, "a,b,c") {
                parts.append(part.text)
            }
            #expect(parts == ["a", "b", "c"])
        }
    }

    @Test func serverStreamingWithoutMessagesEndsWell() async throws {
        try await withRig { rig in
            for try await _ in try await rig.client.serverStreaming(Echo.expand, "") {
                Issue.record("no message was expected")
            }
        }
    }

    @Test func bidirectionalAnswersWhileTheClientStillSends() async throws {
        try await withRig { rig in
            let call = try await rig.client.bidirectional(Echo.chat)
            var answers = call.responses.makeAsyncIterator()
            for turn in 0..<100 {
                try await call.send(Blob([UInt8(turn)]))
                #expect(try await answers.next() == Blob([UInt8(turn)]))
            }
            call.finish()
            #expect(try await answers.next() == nil)
        }
    }

    @Test func manyCallsShareOneConnection() async throws {
        try await withRig { rig in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<500 {
                    group.addTask {
                        let message = Blob(Array("call \(number)".utf8))
                        return try await rig.client.unary(Echo.unary, message) == message
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
            #expect(rig.server.connectionCount == 1)
        }
    }

    @Test func callsFromTheClientsOwnLoopNeedNoHop() async throws {
        try await withRig { rig in
            let executor = rig.client.executor
            let answer = try await Task(executorPreference: executor) {
                let answer: Blob = try await rig.client.unary(Echo.unary, "on loop")
                #expect(executor.loop.inEventLoop)
                return answer
            }.value
            #expect(answer == "on loop")
        }
    }
}
