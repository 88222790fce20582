import NotificationChannels
import Testing

@Suite struct JSONTests {
    static let pointers: [(pointer: String, text: String?)] = [
        ("/code", "0"), ("/data/0/id", "m-1"), ("/data/1/id", nil), ("/ok", "true"),
        ("/data", nil), ("/missing/deep", nil), ("/a~1b", "slash"), ("/m~0n", "tilde"),
        ("/rate", "1.5"), ("/none", "null"),
    ]

    @Test(arguments: pointers)
    func pointerFindsItsValueOrNothing(row: (pointer: String, text: String?)) throws {
        let text = """
            {"code": 0, "ok": true, "rate": 1.5, "none": null, "a/b": "slash", "m~n": "tilde",
             "data": [{"id": "m-1"}]}
            """
        let json = try JSONValue(parsing: text.utf8)
        #expect(json.value(at: row.pointer)?.text == row.text)
    }

    @Test func noTextBreaksOutOfItsString() throws {
        let body = try JSONValue(parsing: #"{"to":["{telephone}"],"text":"说：{text}！","n":3}"#.utf8)
        let nasty = "\"},{\"to\":\"everybody\\ \n {telephone}"
        let filled = body.filled(["text": nasty, "telephone": "t-1"])
        let read = try JSONValue(parsing: try filled.serialized())
        #expect(read.value(at: "/text")?.text == "说：" + nasty + "！")
        #expect(read.value(at: "/to/0")?.text == "t-1")
        #expect(read.value(at: "/n")?.text == "3")
        #expect(body.names == ["text", "telephone"])
    }
}
