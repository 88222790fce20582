import Kernel
import Testing

@Suite struct SeededRandomTests {
    @Test func theNumbersAreThoseOfSplitMix64() {
        // From the reference program of the algorithm, seed 1234567.
        var random = SeededRandom(seed: 1_234_567)
        let numbers = (0..<5).map { _ in random.next() }
        #expect(
            numbers == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973,
                9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
                16_408_922_859_458_223_821,
            ])
    }

    @Test func theSameSeedGivesTheSameNumbers() {
        var one = SeededRandom(seed: 7)
        var other = SeededRandom(seed: 7)
        for _ in 0..<100 {
            let (left, right) = (one.next(), other.next())
            #expect(left == right)
        }
        #expect(one == other)
        var third = SeededRandom(seed: 8)
        let (next, others) = (one.next(), third.next())
        #expect(next != others)
    }

    @Test(arguments: [(-3, 3), (0, 0), (5, 6), (Int64.min, Int64.max)] as [(Int64, Int64)])
    func integersStayInTheirRange(low: Int64, high: Int64) {
        var random = SeededRandom(seed: 1)
        for _ in 0..<1_000 {
            let drawn = random.integer(in: low...high)
            #expect((low...high).contains(drawn))
        }
    }

    @Test func smallRangesAreUsedToBothEnds() {
        var random = SeededRandom(seed: 2)
        let drawn = Set((0..<1_000).map { _ in random.integer(in: -2...2) })
        #expect(drawn == [-2, -1, 0, 1, 2])
    }

    @Test func fractionsLieBetweenZeroAndOne() {
        var random = SeededRandom(seed: 3)
        var sum = 0.0
        for _ in 0..<10_000 {
            let fraction = random.fraction()
            #expect(fraction >= 0 && fraction < 1)
            sum += fraction
        }
        #expect(abs(sum / 10_000 - 0.5) < 0.02)
    }

    @Test func aChanceComesTrueAboutAsOftenAsItSays() {
        var random = SeededRandom(seed: 4)
        let count = (0..<10_000).filter { _ in random.chance(1, of: 4) }.count
        #expect((2_300...2_700).contains(count))
        for _ in 0..<100 {
            let isTrue = random.chance(1, of: 1)
            #expect(isTrue)
        }
    }
}
