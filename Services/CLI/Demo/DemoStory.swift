import Domain
import Kernel

/// What goes wrong in the demo city and when: at first by a script, so that whoever starts it
/// sees every level within three minutes, then by chance.
struct DemoStory: Sendable {
    private(set) var plants: [DemoPlant]
    private let start: Instant
    private var random: SeededRandom
    private var nextIncident: Instant

    /// How far back the plants have been running when the demo begins.
    static let history = Interval.minutes(30)
    /// The same for those who lie: what shows it takes hours.
    static let lyingHistory = Interval.minutes(150)

    let lies: DemoLies?

    init(_ plants: [DemoPlant], start: Instant, seed: UInt64 = 2021) {
        (self.plants, self.start) = (plants, start)
        random = SeededRandom(seed: seed)
        lies = DemoLies(plants)
        if let still = lies?.still {
            self.plants[still.plant].tanks[still.tank].stuck = .temperature
        }
        nextIncident = start + .minutes(4)
        // Overheated for nearly half an hour already: orange at once, red after two minutes.
        begin(.overheat, .highHigh, plant: 0, at: start - .seconds(1_770), rises: 120, holds: 2_100)
        begin(.overfill, .high, plant: 7, at: start + .seconds(15), rises: 45, holds: 150)
        begin(.leak, .highHigh, plant: 3, at: start + .seconds(50), rises: 60, holds: 150)
    }

    /// The values of each plant at `now`; times come in order.
    mutating func values(at now: Instant) -> [[Double]] {
        while nextIncident <= now {
            beginByChance(at: nextIncident)
            nextIncident = nextIncident + .seconds(random.integer(in: 60...180))
        }
        return plants.indices.map { plants[$0].values(at: now) }
    }

    /// The values of the plants that lie, from before the others are looked at.
    mutating func lyingValues(at now: Instant) -> [(plant: Int, values: [Double])] {
        let liars = [lies?.stopped, lies?.still].compactMap { $0?.plant }
        return liars.map { ($0, plants[$0].values(at: now)) }
    }

    /// The last plant loses its line for 28 minutes of each hour, and nothing is sent afterwards:
    /// `hazwatch presence` and `hazwatch finding` show it.
    func isCutOff(_ plant: Int, at now: Instant) -> Bool {
        guard plant == plants.count - 1, now >= start else { return false }
        let minute = (now - start).milliseconds / 60_000 % 60
        return (2..<30).contains(minute)
    }

    /// Begins at the first device of the plant to which it can happen.
    private mutating func begin(
        _ kind: DemoIncident.Kind, _ reach: DemoIncident.Reach, plant: Int, at begins: Instant,
        rises: Int64, holds: Int64
    ) {
        let tanks = plants[plant].tanks
        guard let tank = tanks.firstIndex(where: { $0.possibleIncidents.contains(kind) }) else {
            return
        }
        plants[plant].tanks[tank].incident = DemoIncident(
            kind: kind, reach: reach, begins: begins, rises: .seconds(rises),
            holds: .seconds(holds), falls: .seconds(90))
    }

    private mutating func beginByChance(at now: Instant) {
        let plant = Int(random.integer(in: 0...Int64(plants.count - 1)))
        let tank = Int(random.integer(in: 0...Int64(plants[plant].tanks.count - 1)))
        let kinds = plants[plant].tanks[tank].possibleIncidents
        let kind = kinds[Int(random.integer(in: 0...Int64(kinds.count - 1)))]
        let reach: DemoIncident.Reach = random.chance(2, of: 5) ? .highHigh : .high
        let rises = random.integer(in: 30...120)
        // Now and then nobody mends it for hours, and the circulars begin.
        let isStubborn = random.chance(1, of: 12)
        let holds = isStubborn ? random.integer(in: 4_000...9_000) : random.integer(in: 60...400)
        if let running = plants[plant].tanks[tank].incident, running.ends > now { return }
        plants[plant].tanks[tank].incident = DemoIncident(
            kind: kind, reach: reach, begins: now, rises: .seconds(rises), holds: .seconds(holds),
            falls: .seconds(90))
    }
}

/// Who in the demo city says what is not so: a unit whose stop is filed runs on, and a gauge of
/// another stands still while its unit runs. `hazwatch finding list` shows both.
struct DemoLies: Sendable, Equatable {
    struct Place: Sendable, Equatable {
        var plant: Int
        var tank: Int
    }

    let stopped: Place
    let still: Place

    /// Two plants with a process unit, neither the first nor the last, of which other things are
    /// told; nil: there are none.
    init?(_ plants: [DemoPlant]) {
        let units = plants.indices.dropFirst().dropLast().compactMap { plant in
            plants[plant].tanks.firstIndex(where: \.isUnit).map { Place(plant: plant, tank: $0) }
        }
        guard let first = units.first, let last = units.last, first != last else { return nil }
        (stopped, still) = (first, last)
    }
}
