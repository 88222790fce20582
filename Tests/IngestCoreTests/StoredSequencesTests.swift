import IngestCore
import Testing

@Suite struct StoredSequencesTests {
    static let cases: [(inserted: [UInt64], ranges: [ClosedRange<UInt64>])] = [
        ([], []),
        ([1, 2, 3], [1...3]),
        ([3, 1, 2], [1...3]),
        ([1, 3], [1...1, 3...3]),
        ([5, 4, 1, 2], [1...2, 4...5]),
        ([2, 2, 2], [2...2]),
        ([1, 2, 4, 5, 3], [1...5]),
        ([10, 1], [1...1, 10...10]),
        ([UInt64.max, 1], [1...1, UInt64.max...UInt64.max]),
    ]

    @Test(arguments: cases)
    func numbersJoinIntoRanges(row: (inserted: [UInt64], ranges: [ClosedRange<UInt64>])) {
        var sequences = StoredSequences()
        for number in row.inserted { sequences.insert(number) }
        #expect(sequences.ranges == row.ranges)
        for number in row.inserted { #expect(sequences.contains(number)) }
        #expect(!sequences.contains(7))
    }

    @Test func everyOrderOfSixNumbersGivesTheSame() {
        for order in permutations([1, 2, 3, 5, 6, 9]) {
            var sequences = StoredSequences()
            for number in order {
                #expect(!sequences.contains(number))
                sequences.insert(number)
            }
            #expect(sequences.ranges == [1...3, 5...6, 9...9])
        }
    }

    @Test func tooManyGapsGiveUpTheOldest() {
        var sequences = StoredSequences()
        for number in 0...UInt64(StoredSequences.rangesMax) { sequences.insert(1 + number * 2) }
        #expect(sequences.ranges.count == StoredSequences.rangesMax)
        #expect(sequences.ranges.first == 1...3)
        #expect(sequences.contains(2))
        #expect(!sequences.contains(4))
    }

    private func permutations(_ numbers: [UInt64]) -> [[UInt64]] {
        guard numbers.count > 1 else { return [numbers] }
        return numbers.indices.flatMap { index in
            var rest = numbers
            let first = rest.remove(at: index)
            return permutations(rest).map { [first] + $0 }
        }
    }
}
