import ArgumentParser

/// How much of a long list is asked for.
struct PageOptions: ParsableArguments {
    @Option(name: .long, help: "At most so many, the newest first.")
    var limit: Int = 1_000

    func validate() throws {
        guard (1...1_000_000).contains(limit) else {
            throw ValidationError("--limit must be between 1 and 1000000.")
        }
    }

    /// Asks for page after page until the limit or the end.
    func collect<Item>(
        _ page: (_ size: UInt32, _ token: String) async throws -> (items: [Item], next: String)
    ) async throws -> [Item] {
        var items: [Item] = []
        var token = ""
        while items.count < limit {
            let answer = try await page(UInt32(limit - items.count), token)
            items += answer.items
            token = answer.next
            if token.isEmpty || answer.items.isEmpty { break }
        }
        return Array(items.prefix(limit))
    }
}
