import Domain
import NotificationCore
import Testing

/// What those who were told of a warning hear when its point is removed (ING-25).
@Suite struct RemovalTests {
    private let removedAt = t0 + .minutes(10)

    private func news(_ level: WarningLevel) -> LevelNews {
        var news = LevelNews.of("county-works", level, at: removedAt)
        for index in news.causes.indices {
            news.causes[index].state = .normal
            news.causes[index].removedAt = removedAt
        }
        return news
    }

    /// ING-25: nobody is told that an alarm is over which nobody measures any more.
    @Test(arguments: ["mem-2021", "changzhou-2020", "beijing"])
    func theEndOfAWarningByRemovalIsNoGoodNews(profile: String) throws {
        var machine = try NotificationMachine.city(profile)
        _ = try machine.level(.red, minute: 0)
        let told = notices(try machine.handle(.levelChanged(news(.blue)), at: removedAt))
        #expect(!told.isEmpty)
        for notice in told where [.closed, .levelLowered].contains(notice.reason) {
            #expect(notice.text.contains("点位已拆除"), "\(notice.text)")
            #expect(notice.text.contains("未见恢复正常"))
            #expect(!notice.text.contains("已消除") && !notice.text.contains("已恢复正常"))
        }
        #expect(told.contains { [.closed, .levelLowered].contains($0.reason) })
    }

    /// ING-25: a lower level by a removal says so, and the next end by a reading is one again.
    @Test func aLowerLevelByRemovalSaysSo() throws {
        var machine = try NotificationMachine.city()
        _ = try machine.level(.red, minute: 0)
        let told = notices(try machine.handle(.levelChanged(news(.yellow)), at: removedAt))
        #expect(!told.isEmpty)
        #expect(told.allSatisfy { $0.text.contains("点位已拆除") })
        let ended = notices(try machine.level(.blue, minute: 20))
        #expect(ended.contains { $0.text.contains("报警已消除") })
    }
}
