enum NotificationCorePlaceholder {}
