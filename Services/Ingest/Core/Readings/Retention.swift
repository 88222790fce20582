package import Domain

/// How long readings are kept 保存期限, by a clock that may be wrong.
///
/// What is removed is gone, so our clock alone does not decide: a reading is old only if the newest
/// measurement, made by the clocks of the gateways, says so too, and a run removes a little only.
package struct Retention: Sendable, Equatable {
    package var keeping: Interval
    /// The newest reading may be so old before our clock is doubted.
    package var silenceMax: Interval
    /// A run removes no more than what was received within so long a time.
    package var perRunMax: Interval

    package init(keeping: Interval, silenceMax: Interval, perRunMax: Interval) {
        (self.keeping, self.silenceMax, self.perRunMax) = (keeping, silenceMax, perRunMax)
    }

    /// Up to when readings may be removed now, and what is odd about it.
    package func cut(at now: Instant, of kept: KeptReadings) -> (Instant, RetentionDoubt?) {
        let trusted = min(now, kept.newestMeasured + silenceMax)
        let cut = trusted - keeping
        let step = kept.oldestReceived + perRunMax
        let isMuch = cut > step
        if trusted < now, now - keeping > kept.oldestReceived {
            return (min(cut, step), .clockAhead(by: now - kept.newestMeasured))
        }
        return (min(cut, step), isMuch ? .muchAtOnce(cut - kept.oldestReceived) : nil)
    }
}

/// The ends of what is stored.
package struct KeptReadings: Sendable, Equatable {
    package var oldestReceived: Instant
    package var newestMeasured: Instant

    package init(oldestReceived: Instant, newestMeasured: Instant) {
        (self.oldestReceived, self.newestMeasured) = (oldestReceived, newestMeasured)
    }
}

/// Why less was removed than our clock says.
package enum RetentionDoubt: Sendable, Equatable {
    /// Our clock is so far ahead of the newest reading: it is wrong, or no gateway sends.
    case clockAhead(by: Interval)
    /// So much was due at once: our clock jumped, or ingest was away, or the setting changed.
    case muchAtOnce(Interval)
}
