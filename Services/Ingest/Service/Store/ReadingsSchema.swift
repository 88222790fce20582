import Storage

extension MigrationSet {
    /// The tables of `catalog.sqlite`: what holds the segments and the day files together.
    ///
    /// It is written when a flush is done, not with each batch: what it does not know yet stands in
    /// the segments after `progress.segment`.
    static let readings = MigrationSet(
        owner: "readings",
        [
            Migration(
                "0001_create_catalog",
                sql: """
                    create table gateways (
                        number integer primary key not null,
                        id text not null unique
                    ) strict;
                    create table sequences (
                        gateway integer not null references gateways (number),
                        first integer not null check (first >= 1),
                        last integer not null check (last >= first),
                        primary key (gateway, first)
                    ) strict, without rowid;
                    -- What tells a repeat from another batch; without good readings the count is 0.
                    create table batches (
                        number integer primary key not null,
                        gateway integer not null references gateways (number),
                        sequence integer not null check (sequence >= 1),
                        fingerprint integer not null,
                        received_at_unix_ms integer not null,
                        reading_count integer not null check (reading_count >= 0)
                    ) strict;
                    create unique index batches_by_sequence on batches (gateway, sequence);
                    create table points (
                        number integer primary key not null check (number >= 0),
                        id text not null unique,
                        latest_measured_at_unix_ms integer,
                        latest_received_at_unix_ms integer,
                        latest_value_bits integer,
                        latest_quality integer
                    ) strict;
                    -- The file day-<day>-<generation>.sqlite is in force; 'removed': it is going.
                    create table days (
                        day integer primary key not null,
                        generation integer not null check (generation >= 1),
                        reading_count integer not null check (reading_count >= 0),
                        newest_received_at_unix_ms integer not null,
                        is_merged integer not null check (is_merged in (0, 1)),
                        state text not null check (state in ('kept', 'removed'))
                    ) strict;
                    -- The flushes whose chunks in a day's file count.
                    create table day_flushes (
                        day integer not null references days (day) on delete cascade,
                        flush integer not null check (flush >= 1),
                        primary key (day, flush)
                    ) strict, without rowid;
                    create table progress (
                        name text primary key not null check (name in
                            ('attempt', 'flush', 'segment', 'position',
                            'last_received_at_unix_ms')),
                        value integer not null
                    ) strict, without rowid;
                    """)
        ])
}

/// The tables of a segment and of a day's file; docs/READINGS-FORMAT.md says what stands in them.
enum ReadingsSchema {
    static let segment = """
        create table if not exists groups (
            position integer primary key not null check (position >= 1),
            last integer not null check (last >= position),
            received_at_unix_ms integer not null,
            body blob not null
        ) strict;
        create table if not exists points (
            number integer primary key not null check (number >= 0),
            id text not null
        ) strict;
        create table if not exists refused (
            number integer primary key not null,
            gateway text not null,
            sequence integer not null check (sequence >= 1),
            fingerprint integer not null,
            received_at_unix_ms integer not null
        ) strict;
        """

    static let day = """
        create table if not exists chunks (
            key integer primary key not null,
            body blob not null
        ) strict;
        create table if not exists merged (
            key integer primary key not null,
            body blob not null
        ) strict;
        create table if not exists receipts (
            key integer primary key not null,
            body blob not null
        ) strict;
        """

    /// Large pages: a chunk has some 500 to 2,000 bytes, and what does not fit at the end of a page
    /// is lost.
    static let dayPageBytes = 32_768
}
