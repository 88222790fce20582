/// What a gateway must do 数据接入规范 (EDG-16); docs/GATEWAYS.md says each in full.
enum GatewayRule: String, CaseIterable, Sendable {
    // What each message must be.
    case token, gatewayID, sequence, columns, points, times, values, quality, size
    // What the gateway must do when something goes wrong.
    case resend, repeated, exhausted, unavailable, refused
    // What comes after a cut.
    case complete, order, live

    /// What the rule asks for.
    var title: String {
        switch self {
        case .token: "each call carries the token"
        case .gatewayID: "gateway_id is the one that the token names"
        case .sequence: "the sequence counts up by one and no number is used twice"
        case .columns: "rows or columns, columns of equal length, indexes inside point_ids"
        case .points: "only points that are registered"
        case .times: "times are milliseconds UTC, and live data are new"
        case .values: "values are numbers, neither NaN nor infinite"
        case .quality: "quality is 0, 1 or 2"
        case .size: "a batch has at most 5,000 readings and a message at most 4 MiB"
        case .resend: "what was not acknowledged is sent again, the same under the same number"
        case .repeated: "an answer with repeated = true is an acknowledgement"
        case .exhausted: "RESOURCE_EXHAUSTED is waited out with growing delay"
        case .unavailable: "UNAVAILABLE is waited out with growing delay"
        case .refused: "a refused reading is not sent again"
        case .complete: "what was measured during a cut is delivered after it"
        case .order: "a backlog comes in order of time for each point"
        case .live: "live data do not wait for the backlog"
        }
    }

    /// What to do if it fails.
    var advice: String {
        switch self {
        case .token: "Send the metadata `authorization: Bearer TOKEN` with each Push."
        case .gatewayID: "Write the gateway_id of the token into each batch."
        case .sequence:
            "Count each new batch one higher, keep the count on disk over restarts and "
                + "connections, and never change a batch that has its number."
        case .columns:
            "Fill rows or columns, never both; give all columns one length; send point_ids in "
                + "the first batch of each stream, and count from 0."
        case .points: "Take the ids from the point list; leave all others out."
        case .times:
            "Send milliseconds since 1970-01-01T00:00:00Z of when the device measured: neither "
                + "seconds nor local time. Keep the clock by NTP."
        case .values:
            "Leave out what is no number; a sensor fault is quality 2 with the last value."
        case .quality: "Write 0 for good, 1 for uncertain, 2 for bad."
        case .size: "Cut what you have into batches of at most 5,000 readings."
        case .resend:
            "Keep each batch on disk until its answer comes, and after a reconnection send those "
                + "without one again, unchanged."
        case .repeated: "Forget the batch as after any other answer."
        case .exhausted, .unavailable:
            "Keep the batch and wait before the next try, twice as long each time up to a minute, "
                + "and again from the beginning after an answer."
        case .refused: "Read `refused` in the answer, log it, and forget those readings."
        case .complete: "Go on measuring while the line is cut, and keep what you measure on disk."
        case .order: "Send what is kept oldest first."
        case .live: "Send the newest first, and the backlog where nothing newer waits."
        }
    }

    /// True: it holds as long as no batch breaks it.
    var isOfEachBatch: Bool {
        switch self {
        case .token, .gatewayID, .sequence, .columns, .points, .times, .values, .quality, .size:
            true
        case .resend, .repeated, .exhausted, .unavailable, .refused, .complete, .order, .live:
            false
        }
    }
}
