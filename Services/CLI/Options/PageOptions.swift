import ArgumentParser

/// How much of a long list is asked for.
struct PageOptions: ParsableArguments {
    @Option(name: .long, help: "At most so many, from the first on.")
    var limit: Int = 1_000

    func validate() throws {
        guard (1...1_000_000).contains(limit) else {
            throw ValidationError("--limit must be between 1 and 1000000.")
        }
    }

    /// Asks for page after page until the limit or the end, and says if there is more.
    func collect<Item>(
        _ page: (_ size: UInt32, _ token: String) async throws -> (items: [Item], next: String)
    ) async throws -> [Item] {
        var items: [Item] = []
        var token = ""
        repeat {
            let answer = try await page(UInt32(limit - items.count), token)
            // A page may be empty where the service has looked long, and is not the last for that.
            items += answer.items
            guard answer.next.isEmpty || answer.next != token || items.count >= limit else {
                throw Failure.refused(
                    "the service gave the same page again",
                    next: "Look whether it is of this version.")
            }
            token = answer.next
        } while items.count < limit && !token.isEmpty
        if items.count > limit || !token.isEmpty {
            Terminal.error("note: there are more than \(limit); --limit shows more of them.")
        }
        return Array(items.prefix(limit))
    }
}
