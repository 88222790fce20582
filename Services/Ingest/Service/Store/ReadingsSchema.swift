import Storage

extension MigrationSet {
    /// The tables of `readings.db`.
    ///
    /// `batches` is the order in which all was stored, for followers. `chunks` holds the same
    /// readings by point and hour of measuring, for questions about one point; they are written
    /// some minutes later, and `points.chunked_position` says how far that has come.
    /// `refused_batches` holds what tells a repeat from a new count where no reading was good.
    static let readings = MigrationSet(
        owner: "readings",
        [
            Migration(
                "0001_create_batches",
                sql: """
                    create table gateways (
                        number integer primary key not null,
                        id text not null unique
                    ) strict;
                    create table batches (
                        position integer primary key not null check (position >= 1),
                        gateway integer not null references gateways (number),
                        sequence integer not null check (sequence >= 1),
                        fingerprint integer not null,
                        received_at_unix_ms integer not null,
                        reading_count integer not null check (reading_count >= 1),
                        body blob not null
                    ) strict;
                    create unique index batches_by_sequence on batches (gateway, sequence);
                    create table sequences (
                        gateway integer not null references gateways (number),
                        first integer not null check (first >= 1),
                        last integer not null check (last >= first),
                        primary key (gateway, first)
                    ) strict, without rowid;
                    """),
            Migration(
                "0002_create_chunks",
                sql: """
                    create table points (
                        number integer primary key not null,
                        id text not null unique,
                        chunked_position integer not null,
                        latest_measured_at_unix_ms integer not null,
                        latest_received_at_unix_ms integer not null,
                        latest_value real not null,
                        latest_quality integer not null check (latest_quality between 0 and 2)
                    ) strict;
                    create table chunks (
                        point integer not null references points (number),
                        hour integer not null,
                        position integer not null,
                        body blob not null,
                        primary key (point, hour, position)
                    ) strict, without rowid;
                    create table progress (
                        name text primary key not null check (name = 'chunked'),
                        position integer not null
                    ) strict, without rowid;
                    """),
            Migration(
                "0003_create_refused_batches",
                sql: """
                    create table refused_batches (
                        number integer primary key not null,
                        gateway integer not null references gateways (number),
                        sequence integer not null check (sequence >= 1),
                        fingerprint integer not null,
                        received_at_unix_ms integer not null
                    ) strict;
                    create unique index refused_batches_by_sequence
                        on refused_batches (gateway, sequence);
                    """),
        ])
}
