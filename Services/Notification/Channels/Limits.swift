import Domain
import NIOCore

/// What the channels hold back from growing without bound, with the reason of each number.
enum ChannelLimits {
    /// How long all but red wait when a provider says that it was too fast; doubled up to 32 times
    /// if it goes on saying so.
    static let throttlePause = TimeAmount.seconds(1)

    /// How long a red message waits then, before it tries again.
    static let redThrottlePause = TimeAmount.milliseconds(200)

    /// How long a message waits for its turn at a provider that is asked over HTTP or by mail.
    static let turnPatience = TimeAmount.seconds(60)

    /// Bytes of an answer of a provider that are read; theirs have some 200.
    static let answerBytesMax = 64 << 10

    /// Bytes of one callback with receipts: a provider sends some hundred in one.
    static let receiptBytesMax = 1 << 20

    /// Receipts in one callback; more are a mistake of the provider.
    static let receiptsPerCallbackMax = 5_000

    /// Bytes of text that a robot of WeCom takes in one message (4,096 would be for Markdown, which
    /// its texts are not), and one of DingTalk; what is longer is shortened.
    static let wecomTextBytesMax = 2_048
    static let dingtalkTextBytesMax = 20_000

    /// How long a robot's answer may take.
    static let robotAnswerWithin = Interval.seconds(5)

    /// Bytes of one line that a mail server says; the standard allows 512.
    static let mailLineBytesMax = 4_096

    /// Lines of one reply: a greeting lists some twenty.
    static let replyLinesMax = 200

    /// Bytes of one SMPP message: a parameter can hold 65,535, and nothing else is long.
    static let pduBytesMax: UInt32 = 70_000

    /// Parts of one short message, and the same length over HTTP; what is longer is shortened.
    static let partsMax = 20

    /// Replies in several parts that are not whole yet; people answer with one digit.
    static let repliesInPartsMax = 1_000

    /// How long the parts of a reply may be apart.
    static let replyPartsKeptFor = TimeAmount.minutes(10)

    /// Messages whose names the gateway's receipts are matched with: two days of a city on its
    /// worst day; some 200 bytes each.
    static let messagesRememberedMax = 50_000

    /// How long an SMSC may take to say goodbye when we stop.
    static let unbindWithin = TimeAmount.seconds(1)

    /// How long opening a connection may take; carriers are far away and behind tunnels.
    static let connectWithin = TimeAmount.seconds(10)

    /// How long a message waits for a connection that is being made for the first time.
    static let firstConnectionWithin = Duration.seconds(5)

    /// How long a receipt waits for the response that names its message, which other parts of the
    /// SMSC may send later.
    static let responseAwaitedFor = Duration.seconds(5)

    /// Deliveries of an SMSC that are being worked on; past that it is told to come again.
    static let deliveriesAtOnceMax = 256

    /// Answers that are late are still worth something for so many requests.
    static let lateAnswersMax = 10_000

    /// Characters of an answer that the record keeps when something went wrong.
    static let answerCharactersKept = 200
}
