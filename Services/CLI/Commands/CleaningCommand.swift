import ArgumentParser
import Contracts
import Domain
import Foundation

/// The cleaning of dust: what is due, what was done, what was missed.
struct CleaningCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cleaning",
        abstract: "Check in cleanings of dust, and see which were missed.",
        subcommands: [Areas.self, CheckIn.self, List.self, Photo.self])

    struct Areas: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What is to be cleaned, the next due first.",
            discussion: """
                The registry says how often, in cleanEveryHours, or else the pack. Turns of a day \
                or less begin at midnight, longer ones on a Monday; each needs a check-in.
                """)

        @Option(name: .long, help: "Only of what stands under this node.")
        var under: String = ""

        @Flag(name: .long, help: "Only what was missed and not cleaned since.")
        var missed = false

        @OptionGroup var page: PageOptions
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let areas = try await Connection.with(.ingest, connection) { service in
                try await page.collect { size, token in
                    let answer = try await service.unary(
                        IngestV1.CleaningService.listCleaningAreas,
                        IngestV1.ListCleaningAreasRequest(
                            underNodeID: under, missedOnly: missed, pageSize: size,
                            pageToken: token))
                    return (answer.areas, answer.nextPageToken)
                }
            }
            output.print(
                areas.map(\.record),
                empty: missed ? "Nothing was missed." : "Nothing there is cleaned on schedule.")
        }
    }

    struct CheckIn: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that an area was cleaned, with a photograph.",
            discussion: """
                The token is that of somebody of the enterprise. The same again changes nothing; \
                what was done without a line may be sent up to three days later.
                """)

        @Argument(help: "The object or device that was cleaned.")
        var area: String

        @Flag(name: .long, help: "It is a device; without it: an object.")
        var device = false

        @Option(name: .long, help: "When it was done; without it: now, by the clock here.")
        var at: String?

        @Option(name: .long, help: "Where the person stood, such as 119.01,25.43 (east, north).")
        var place: String

        @Option(name: .long, help: "The photograph, JPEG or PNG.", completion: .file())
        var photo: String

        @Option(name: .long, help: "What else is to be said.")
        var remark: String = ""

        @Option(name: .long, help: "A name of your own for it; sent again it is the same.")
        var id: String

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            if coordinates == nil {
                throw ValidationError("--place is like 119.01,25.43: degrees east and north.")
            }
        }

        private var coordinates: (Double, Double)? {
            let parts = place.split(separator: ",").map {
                Double($0.trimmingCharacters(in: .whitespaces))
            }
            guard parts.count == 2, let east = parts[0], let north = parts[1] else { return nil }
            return (east, north)
        }

        func run() async throws {
            let instant =
                try at.map { try output.instant($0, option: "at") }
                ?? Instant(unixMilliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
            guard let picture = FileManager.default.contents(atPath: photo) else {
                throw Failure.refused(
                    "\(photo) cannot be read.", next: "Look whether it is there.")
            }
            let (east, north) = coordinates ?? (0, 0)
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.CleaningService.checkIn,
                    IngestV1.CheckInRequest(
                        id: id, areaKind: device ? "device" : "object", areaID: area,
                        cleanedUnixMs: instant.unixMilliseconds, longitude: east,
                        latitude: north, remark: remark, photo: Array(picture)))
            }
            if let cleaning = answer.cleaning { output.print(cleaning.record) }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The cleanings of a day, done and missed.")

        @Argument(help: "The day, such as 2021-11-01.")
        var day: String

        @Option(name: .long, help: "Only of what stands under this node.")
        var under: String = ""

        @Option(name: .long, help: "Only done or missed.")
        var state: String = ""

        @OptionGroup var page: PageOptions
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let all = try await Connection.with(.ingest, connection) { service in
                try await page.collect { size, token in
                    let answer = try await service.unary(
                        IngestV1.CleaningService.listCleanings,
                        IngestV1.ListCleaningsRequest(
                            underNodeID: under, day: day, state: state, pageSize: size,
                            pageToken: token))
                    return (answer.cleanings, answer.nextPageToken)
                }
            }
            output.print(
                all.map(\.record),
                empty: "Nothing was checked in on \(day), and nothing was due by its end.")
        }
    }

    struct Photo: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give out the photograph of a check-in.")

        @Argument(help: "The name of the check-in.")
        var id: String

        @Option(name: .long, help: "The file to write the picture to.", completion: .file())
        var to: String

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await Connection.with(.ingest, connection) {
                try await $0.unary(
                    IngestV1.CleaningService.getCleaningPhoto,
                    IngestV1.GetCleaningPhotoRequest(id: id))
            }
            do {
                try Data(answer.photo).write(to: URL(fileURLWithPath: to), options: .atomic)
            } catch {
                throw Failure.refused("\(to) cannot be written.", next: "Write another path.")
            }
            if let cleaning = answer.cleaning { output.print(cleaning.record) }
        }
    }
}
