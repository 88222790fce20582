import Runtime
import Testing

@Suite struct HTMLTextTests {
    @Test func whatMeansSomethingInHTMLIsShownAsItIs() {
        #expect(
            "<b onclick='x(\"&\")'>漏</b>".asHTML
                == "&lt;b onclick=&#39;x(&quot;&amp;&quot;)&#39;&gt;漏&lt;/b&gt;")
        #expect("甲厂 储罐区A".asHTML == "甲厂 储罐区A")
        // A mark above a sign does not hide the sign.
        #expect(!"<\u{301}script>".asHTML.unicodeScalars.contains("<"))
    }
}
