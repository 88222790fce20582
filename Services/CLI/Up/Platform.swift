import Ingest
import Notification
import Risk
import Runtime

/// The services of the platform, each after those whose streams it reads.
enum Platform {
    static let services: [any HostedService.Type] = [
        IngestService.self, RiskService.self, NotificationService.self,
    ]
}
