import Foundation
import Notification
import Runtime

@main enum NotificationMain {
    static func main() async {
        exit(await ServiceMain.run(NotificationService.self))
    }
}
