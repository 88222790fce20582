import Foundation
import Ingest
import Runtime

@main enum IngestMain {
    static func main() async {
        exit(await ServiceMain.run(IngestService.self))
    }
}
