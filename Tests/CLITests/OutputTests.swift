import Domain
import Testing

@testable import CLI

@Suite struct OutputTests {
    static let widths: [(text: String, columns: Int)] = [
        ("", 0), ("reactor", 7), ("反应器", 6), ("压力 kPa", 8), ("℃", 1), ("（A）", 5),
        ("e\u{301}", 1), ("👷🏽", 2), ("ｱ", 1), ("한국", 4), ("储罐\u{200B}区", 6),
    ]

    @Test(arguments: widths) func wideCharactersTakeTwoColumns(row: (text: String, columns: Int)) {
        #expect(DisplayWidth.of(row.text) == row.columns)
    }

    @Test func columnsLineUpWhateverTheScript() {
        let records = [
            Record([
                Field("name", "source", .text("反应器")), Field("count", "alarms", .count(12)),
                Field("level", "level", .text("红")),
            ]),
            Record([
                Field("name", "source", .text("tank 7")), Field("count", "alarms", .count(3)),
                Field("level", "level", .text("")),
            ]),
        ]
        #expect(
            Table.lines(records, zone: .beijing) == [
                "source  alarms  level",
                "反应器      12  红",
                "tank 7       3  -",
            ])
    }

    @Test func aCellCannotSteerTheTerminal() {
        let record = Record([Field("name", "name", .text("A\u{1B}[2J\nB\u{202E}C"))])
        #expect(Table.lines([record], zone: .beijing) == ["name", "A [2J B C"])
    }

    @Test func detailsPutRecordsInsideBelow() {
        let record = Record([
            Field("id", "case", .text("c1")), Field("opened_at", nil, .time(t0)),
            Field("notices", "notices", .records([Record([Field("to", "to", .text("县局"))])])),
        ])
        #expect(
            Table.details(record, zone: .beijing) == [
                "case       c1",
                "opened at  2021-11-01 08:00:00 +08:00",
                "",
                "notices: 1",
                "  to",
                "  县局",
            ])
    }

    @Test func timesGoToJSONAsNumberAndAsText() {
        let record = Record([
            Field("raised_at", "since", .time(t0 + Interval(milliseconds: 5))),
            Field("cleared_at", nil, .time(nil)), Field("value", "value", .number(2895)),
            Field("text", "text", .text("a\"b\\c\n\u{1}压")), Field("bad", "bad", .number(.nan)),
        ])
        #expect(
            record.json(zone: .beijing).line
                == #"{"raised_at_unix_ms":1635724800005,"#
                + #""raised_at":"2021-11-01 08:00:00.005 +08:00","#
                + #""cleared_at_unix_ms":null,"cleared_at":null,"value":2895.0,"#
                + #""text":"a\"b\\c\n\u0001压","bad":null}"#)
    }

    @Test func prettyJSONIsTheSameValue() {
        let value = JSON.object([
            .init("empty", .list([])), .init("list", .list([.integer(-1), .flag(true)])),
            .init("none", .object([])),
        ])
        #expect(
            value.pretty == """
                {
                  "empty": [],
                  "list": [
                    -1,
                    true
                  ],
                  "none": {}
                }
                """)
        #expect(value.line == #"{"empty":[],"list":[-1,true],"none":{}}"#)
    }

    static let readable: [(text: String, unix: Int64?)] = [
        ("2021-11-01 08:00:00 +08:00", 1_635_724_800_000),
        ("2021-11-01T00:00:00Z", 1_635_724_800_000),
        ("2021-11-01 08:00", 1_635_724_800_000),
        ("2021-11-01", 1_635_696_000_000),
        ("2021-11-01 08:00:00.25", 1_635_724_800_250),
        ("2021-11-01 08:00:00.123456789+0530", 1_635_733_800_123),
        ("1635724800000", 1_635_724_800_000),
        ("2020-02-29", 1_582_905_600_000),
        ("2021-02-29", nil), ("2021-13-01", nil), ("2021-11-01 24:00", nil), ("08:00", nil),
        ("2021-11-01 08:00:00 CST", nil), ("2021-11-01 8:00", nil), ("", nil), ("12", nil),
        ("2021-11-01 08:00:00 +15:00", nil), ("2021-00-10", nil), ("2021-10-00", nil),
    ]

    @Test(arguments: readable) func timesAreReadAsPeopleWriteThem(row: (text: String, unix: Int64?))
    {
        #expect(TimeText.instant(row.text, zone: .beijing)?.unixMilliseconds == row.unix)
    }

    @Test func lengthsOfTimeAreReadAndShown() {
        #expect(TimeText.interval("3min") == .minutes(3))
        #expect(TimeText.interval("500ms") == Interval(milliseconds: 500))
        #expect(TimeText.interval("2 h") == .hours(2))
        #expect(TimeText.interval("3") == nil)
        #expect(TimeText.interval("-3min") == nil)
        #expect(TimeText.interval("99999999999999999999s") == nil)
        #expect(TimeText.text(.minutes(2_877)) == "1 d 23 h")
        #expect(TimeText.text(.minutes(125)) == "2 h 5 min")
        #expect(TimeText.text(Interval(milliseconds: 20)) == "20 ms")
    }

    @Test func aProgressBarNeverWraps() {
        for width in 10...200 {
            let bar = Progress(
                label: "d06_te.dat", done: 480, total: 960, note: "厂内时间 2021-11-02 08:00",
                elapsed: .seconds(30)
            ).line(width: width)
            #expect(DisplayWidth.of(bar) < width)
        }
        let wide = Progress(
            label: "d06", done: 480, total: 960, note: "now", elapsed: .seconds(30))
        let half = String(repeating: "█", count: 15) + String(repeating: "░", count: 15)
        #expect(wide.line(width: 120) == "d06  \(half)   50 %  480/960  now  30 s left")
    }
}

let t0 = Instant(unixMilliseconds: 1_635_724_800_000)
