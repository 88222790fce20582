import NotificationChannels
import Testing

@Suite struct ReceiptBookTests {
    static func receipt(
        _ id: String, _ fate: DeliveryReceipt.Fate = .delivered
    ) -> DeliveryReceipt {
        var message = PDU.ShortMessage()
        message.esmClass = 4
        let state =
            switch fate {
            case .delivered: "DELIVRD"
            case .failed: "UNDELIV err:069"
            case .pending: "ACCEPTD"
            }
        message.octets = Array("id:\(id) stat:\(state)".utf8)
        guard case .receipt(let receipt) = IncomingMessage(message, ids: .same) else {
            preconditionFailure("It is a receipt.")
        }
        return receipt
    }

    private let references = PartReferences(start: 255)
    private func next() -> UInt8 { references.next(to: "000") }

    static let failed = DeliveryReceipt.Fate.failed("UNDELIV err:069")

    /// A book in which the parts of `m` are called a, b, c.
    static func book() -> ReceiptBook {
        var book = ReceiptBook()
        _ = book.begin("m", parts: 3, next: { 0 })
        for (number, id) in ["a", "b", "c"].enumerated() {
            book.sending()
            book.answered(PartKey("m", number + 1), id: id)
        }
        return book
    }

    @Test func messageIsDeliveredWhenAllItsPartsAre() {
        var book = Self.book()
        #expect(book.providerIDs(of: "m") == ["a", "b", "c"])
        // Each part is told, so that a kill between two of them loses none.
        for id in ["c", "a", "a"] {
            #expect(book.receipt(Self.receipt(id)) == .report(.delivered(.provider(id))))
        }
        #expect(book.receipt(Self.receipt("b")) == .report(.delivered(.message("m"))))
        // A receipt that comes again, because the first one was not stored.
        #expect(book.receipt(Self.receipt("b")) == .report(.delivered(.message("m"))))
    }

    @Test func partThatFailsFailsTheMessageAndSaysWhich() {
        var book = Self.book()
        #expect(
            book.receipt(Self.receipt("b", Self.failed))
                == .report(
                    .undeliverable(.message("m"), reason: "part 2 of 3: UNDELIV err:069")))
    }

    @Test func statesBetweenAreNoNews() {
        var book = Self.book()
        #expect(book.receipt(Self.receipt("a", .pending)) == .nothing)
    }

    @Test func receiptThatComesBeforeItsResponseWaitsForIt() {
        var book = ReceiptBook()
        _ = book.begin("m", parts: 1, next: next)
        book.sending()
        #expect(book.receipt(Self.receipt("a")) == .early)
        book.answered(PartKey("m", 1), id: "a")
        #expect(book.receipt(Self.receipt("a")) == .report(.delivered(.message("m"))))
    }

    @Test func receiptOfAMessageFromBeforeTheRestartBearsTheProvidersName() {
        var book = ReceiptBook()
        #expect(book.receipt(Self.receipt("z")) == .report(.delivered(.provider("z"))))
        #expect(book.unknown(Self.receipt("z", .pending)) == .nothing)
        #expect(book.subject(of: "z") == .provider("z"))
    }

    @Test func nextAttemptSendsOnlyWhatWasNotTakenUnderTheSameReference() {
        var book = ReceiptBook()
        #expect(book.begin("m", parts: 3, next: next) == (0, [1, 2, 3]))
        book.sending()
        book.answered(PartKey("m", 1), id: "a")
        book.sending()
        book.answered(PartKey("m", 2), id: nil)
        #expect(book.begin("n", parts: 2, next: next) == (1, [1, 2]))
        #expect(book.begin("m", parts: 3, next: next) == (0, [2, 3]))
        // Its answer came after all.
        book.accepted(PartKey("m", 2), id: "b")
        #expect(book.begin("m", parts: 3, next: next) == (0, [3]))
        // Another text under the same id is another message.
        #expect(book.begin("m", parts: 2, next: next) == (2, [1, 2]))
        #expect(book.providerIDs(of: "m").isEmpty)
    }

    @Test func partsForATelephoneAreNotMixedBecauseMuchWentToOthersMeanwhile() {
        let references = PartReferences(start: 255, capacity: 3)
        #expect(references.next(to: "000") == 0)
        for _ in 1...256 { _ = references.next(to: "001") }
        #expect(references.next(to: "000") == 1)
        // It stays small.
        for telephone in 2...1_000 { _ = references.next(to: "\(telephone)") }
        #expect(references.next(to: "000") == 0)
    }

    @Test func messageThatFailedOnItsWayIsBegunAnew() {
        var book = Self.book()
        _ = book.receipt(Self.receipt("b", Self.failed))
        #expect(book.begin("m", parts: 3, next: next).missing == [1, 2, 3])
    }

    @Test func whereOnlyTheLastPartIsAskedAboutItsReceiptIsEnough() {
        var book = ReceiptBook()
        _ = book.begin("m", parts: 2, next: next) { $0 == 2 }
        for (number, id) in ["a", "b"].enumerated() {
            book.sending()
            book.answered(PartKey("m", number + 1), id: id)
        }
        #expect(book.receipt(Self.receipt("b")) == .report(.delivered(.message("m"))))
    }

    @Test func bookForgetsTheOldestAndStaysSmall() {
        var book = ReceiptBook(capacity: 100)
        for number in 1...5_000 {
            _ = book.begin("m\(number)", parts: 1, next: next)
            book.sending()
            book.answered(PartKey("m\(number)", 1), id: "id\(number)")
        }
        #expect(book.count == 100)
        #expect(book.receipt(Self.receipt("id5000")) == .report(.delivered(.message("m5000"))))
        #expect(book.receipt(Self.receipt("id4901")) == .report(.delivered(.message("m4901"))))
        #expect(book.receipt(Self.receipt("id4900")) == .report(.delivered(.provider("id4900"))))
    }
}
