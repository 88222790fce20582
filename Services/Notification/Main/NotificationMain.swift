@main enum NotificationMain { static func main() {} }
