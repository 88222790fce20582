import Testing

@testable import CLI

/// Long lists come whole, page after page.
@Suite struct PageOptionsTests {
    /// A service with so many rows, which gives at most `most` at a time.
    private func collect(
        _ count: Int, limit: String, most: Int = 3, isEmptyFirst: Bool = false
    ) async throws -> (items: [Int], screen: Screen) {
        let (screen, page) = (Screen(), try PageOptions.parse(["--limit", limit]))
        let items = try await Terminal.$screen.withValue(screen) {
            try await page.collect { size, token in
                if isEmptyFirst, token.isEmpty { return (items: [Int](), next: "0") }
                let start = Int(token) ?? 0
                let end = min(start + min(Int(size), most), count)
                return (items: Array(start..<end), next: end < count ? "\(end)" : "")
            }
        }
        return (items, screen)
    }

    @Test func pagesAreFollowedToTheEnd() async throws {
        let (items, screen) = try await collect(10, limit: "1000")
        #expect(items == Array(0..<10))
        #expect(screen.error.isEmpty)
    }

    @Test func whoeverAskedForFewerIsToldThatThereAreMore() async throws {
        let (items, screen) = try await collect(10, limit: "4")
        #expect(items == [0, 1, 2, 3])
        #expect(screen.error == ["note: there are more than 4; --limit shows more of them."])
        #expect(try await collect(4, limit: "4").screen.error.isEmpty)
    }

    @Test func emptyPageIsNotTheLastOne() async throws {
        #expect(try await collect(5, limit: "10", isEmptyFirst: true).items == Array(0..<5))
    }

    @Test func serviceThatGoesInACircleIsNotFollowed() async throws {
        let page = try PageOptions.parse([])
        await #expect(throws: Failure.self) {
            _ = try await page.collect { _, _ in (items: [1], next: "1") }
        }
    }

    @Test(arguments: [("3", 3, 0), ("3.2", 3, 2), ("12.10", 12, 10)] as [(String, UInt32, UInt32)])
    func obligationIsNamedWithItsRound(row: (text: String, number: UInt32, round: UInt32)) {
        let one = ObligationNumber(argument: row.text)
        #expect(one?.number == row.number && one?.round == row.round)
    }

    @Test(arguments: ["", "0", "3.", "3.0", ".2", "3.2.1", "-1", "a"])
    func whatNamesNoObligationIsRefused(text: String) {
        #expect(ObligationNumber(argument: text) == nil)
    }
}
