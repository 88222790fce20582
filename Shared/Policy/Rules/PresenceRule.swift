package import Domain

/// After how much silence something counts as offline 离线 (ING-19, ING-21).
package struct PresenceRule: Equatable, Codable, Sendable {
    /// Offline at this much silence, not after it.
    package var pointOffline: Interval
    package var gatewayOffline: Interval
    package var cameraOffline: Interval
    /// Long-term offline 长期离线 at this much.
    package var longTermOffline: Interval
    /// A reading is immediate 即时 if it is received so soon after it was measured.
    package var immediateWithin: Interval
    package var clause: Clause

    package init(
        pointOffline: Interval, gatewayOffline: Interval, cameraOffline: Interval,
        longTermOffline: Interval, immediateWithin: Interval, clause: Clause
    ) {
        (self.pointOffline, self.gatewayOffline) = (pointOffline, gatewayOffline)
        (self.cameraOffline, self.longTermOffline) = (cameraOffline, longTermOffline)
        (self.immediateWithin, self.clause) = (immediateWithin, clause)
    }
}
