package import Domain

/// What ingest holds back from growing without bound, with the reason of each number.
package enum IngestLimits {
    /// Readings in one batch; about 100 kB as columns and 250 kB as rows.
    package static let readingsPerBatchMax = 5_000

    /// Points in the table of one stream; the largest enterprise known to us has 6,000.
    package static let pointsPerStreamMax = 20_000

    /// Batches of one stream that wait for the disk; more gain nothing, as a commit takes them all.
    package static let batchesInFlightMax = 64

    /// Readings of one stream that wait for the disk: some 400 kB of memory a stream.
    package static let readingsInFlightMax = 20_000

    /// Readings of all streams that wait for the disk: some 40 MB.
    package static let readingsWaitingMax = 2_000_000

    /// Readings in one transaction, so that a commit stays well under a second.
    package static let readingsPerCommitMax = 100_000

    /// Readings that are held in memory by point before they are flushed: some 200 MB, and more
    /// than most sites have in an hour. Three times as many are refused.
    package static let readingsBeforeFlushMax = 10_000_000

    /// Readings in memory that are taken in any case, however early a flush is to begin.
    package static let readingsUnflushedLeast = 1_000_000

    /// Readings written as chunks in one transaction: some milliseconds under the lock.
    package static let readingsPerChunkCommitMax = 50_000

    /// How soon a flush that failed is tried again, if memory is full.
    package static let flushAgainAfter = Duration.seconds(60)

    /// Points that are cleared under the lock at once after a flush: about a millisecond.
    package static let pointsPerDropMax = 20_000

    /// Files of days that are open at once, each with some descriptors.
    package static let dayFilesOpenMax = 16

    /// How long after its end a day is merged: what is a little late is merged with it.
    package static let mergeAfter = Interval.hours(1)

    /// Flushes with late readings of a merged day until it is merged once more.
    package static let lateFlushesBeforeMerge = 24

    /// Points that are merged at once: at a reading a second some 300 MB, at one in ten 30.
    package static let pointsPerMergeRead = 128

    /// Readings in a merged chunk: four hours at one in ten seconds.
    package static let readingsPerMergedChunkMax = 1_440

    /// How far beyond the tolerance a batch may be ahead of our clock and is held, not refused: a
    /// clock of ours that merely runs slow takes weeks to get there, and a gateway whose clock is
    /// wrong is late by so much.
    package static let heldAheadMax = Interval.hours(1)

    /// Readings in one answer of a range: some 150 kB.
    package static let readingsPerPageMax = 4_000

    /// Points in one question for latest values, and readings in its answer.
    package static let latestMax = 20_000

    /// How soon after a failed commit another is tried: a disk that is full costs nothing more,
    /// and whoever waits for the service waits a second longer than the operator.
    package static let probeEveryMilliseconds = 1_000

    /// How old the newest reading may be before retention doubts our clock: a weekend on which no
    /// gateway sends is possible, more is a fault of theirs or of our clock.
    package static let retentionSilenceMax = Interval.hours(48)

    /// How much a run of the retention removes, by time of receipt: it runs each hour, so that what
    /// became old during an absence goes within the day, and somebody can stop what goes wrongly.
    package static let retentionPerRunMax = Interval.hours(48)

    /// Batches read at once for a follower.
    package static let batchesPerReadMax = 64

    /// A registry file; one of 200,000 points has some 20 MB, and the RPC limit is lower.
    package static let fileBytesMax = 32 << 20

    /// Rows of a report in one answer: some 3 MB.
    package static let reportRowsMax = 20_000

    /// Rows of a list in one page: a commitment has some 5 kB, and a message 4 MB.
    package static let rowsPerPageMax = 200

    /// Rows that one call looks through for those that the token may see.
    package static let rowsPerCallMax = 10_000

    /// How often the watch is looked at; also how late a silence may be noticed.
    package static let sweepEvery = Interval.seconds(5)

    /// How often it is noted that we listen, and how long a stop may be that hid nothing: whoever
    /// starts us again after a fault needs some seconds.
    package static let listeningNotedEvery = Interval.seconds(20)
    package static let shortStopMax = Interval.minutes(1)

    /// What one sweep hands over at once, so that a commit stays below a second.
    package static let sweepMax = 5_000

    /// How often counts of the day go to the disk; a kill loses at most those since then.
    package static let countsEvery = Interval.minutes(10)

    /// Counts of points in one transaction: some milliseconds.
    package static let countsPerCommit = 5_000

    /// Entries that an answer names of each score, the worst first.
    package static let lossesMax = 1_000

    /// Silences that are read at once to reckon online rates, and in all: some 100 MB.
    package static let gapsPage = 10_000
    package static let gapsReadMax = 500_000

    /// Points of gateways whose places in the watch are remembered: some 10 MB.
    package static let placesMax = 500_000

    /// Counts that statistics add up: some 60 MB for a moment.
    package static let countsReadMax = 500_000

    /// Mistakes of a file in the details of a status: they travel in a header of at most 8 kB with
    /// many clients, and grow by a third on the way.
    package static let mistakeBytesMax = 4_500

    /// Bytes of one still: four times what a picture of 3,840 x 2,160 has at this quality, and less
    /// than gRPC lets through.
    package static let stillBytesMax = 3 << 20

    /// Memory in one piece for ffmpeg: a picture of 3,840 x 2,160 takes 12 MB.
    package static let pictureMemoryBytesMax = 128 << 20

    /// Bytes of the name of a coding.
    package static let codecBytesMax = 32

    /// Calls that try a camera or take a still at once, beside the rounds; each is a process.
    package static let videoCallsMax = 4

    /// How soon the rounds see a new camera.
    package static let roundsLookEvery = Duration.seconds(1)

    /// Refused readings described in one answer; the rest of a bad batch repeats them.
    package static let refusedDescribedMax = 1_000

    /// Refused entries that an answer about a link names; the rest is counted.
    package static let linkRefusalsMax = 100

    /// How often what became of the batches of a link is noted, at least; what a kill takes of it
    /// is sent again.
    static let linkNotedEvery = Duration.seconds(1)

    /// How long a superior may say nothing before the line is given up: six beats.
    static let linkSilenceMax = Duration.seconds(30)

    /// How often a superior is told how far the journal goes although nothing of it is for it.
    static let linkAnchoredEvery = Duration.seconds(60)
}
