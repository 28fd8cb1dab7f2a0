import Foundation
import Testing
import Workspace

@Suite(.timeLimit(.minutes(1))) struct `Conversations` {
    @Test(arguments: WorkspaceEngine.all)
    func `keep messages in the order in which they came, whatever their times say`(engine: WorkspaceEngine)
        async throws
    {
        let store = try await engine.open()
        let key = Sample.key("s")
        try await store.append([
            Sample.message("z", in: key, "question", after: 5),
            Sample.message("a", in: key, "answer", after: 5),
        ])
        try await store.append([Sample.message("b", in: key, "earlier, but said later")])
        let all = try await store.messages(of: key, before: nil, limit: 9)
        #expect(all.map(\.id) == ["z", "a", "b"])
        #expect(all.first == Sample.message("z", in: key, "question", after: 5))
        #expect(try await store.messages(of: key, before: nil, limit: 2).map(\.id) == ["a", "b"])
        #expect(try await store.messages(of: key, before: "a", limit: 2).map(\.id) == ["z"])
        await #expect(throws: WorkspaceError.notFound(kind: "message", id: "gone")) {
            _ = try await store.messages(of: key, before: "gone", limit: 2)
        }
        #expect(try await store.messages(of: Sample.key("none"), before: nil, limit: 9).isEmpty)
        let summary = try await store.conversation(key)
        #expect(summary.opening == "question" && summary.messageCount == 3 && summary.title == nil)
        #expect(summary.startedAt == Sample.start + 5 && summary.lastAt == Sample.start + 5)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `replace a message of the same id where it stands, and refuse one of another conversation`(
        engine: WorkspaceEngine
    ) async throws {
        let store = try await engine.open()
        let (key, other) = (Sample.key("s"), Sample.key("t"))
        try await store.append([Sample.message("1", in: key, "one"), Sample.message("2", in: key, "two")])
        try await store.append([Sample.message("1", in: key, "one anew", after: 9)])
        #expect(
            try await store.messages(of: key, before: nil, limit: 9).map(\.text) == ["one anew", "two"])
        let summary = try await store.conversation(key)
        #expect(summary.opening == "one anew" && summary.messageCount == 2)
        #expect(summary.lastAt == Sample.start + 9)
        await #expect(throws: WorkspaceError.nameTaken(kind: "message", name: "1")) {
            try await store.append([
                Sample.message("3", in: other, "x"), Sample.message("1", in: other, "x"),
            ])
        }
        await #expect(throws: WorkspaceError.self, "none of a refused list is kept") {
            _ = try await store.conversation(other)
        }
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are listed with the latest first, page by page, however many share a time`(engine: WorkspaceEngine)
        async throws
    {
        let store = try await engine.open()
        for number in 0..<25 {
            let key = Sample.key("s\(100 + number)", number % 2 == 0 ? "even" : "odd")
            try await store.append([
                Sample.message("m\(number)", in: key, "x", after: Double(number / 5))
            ])
        }
        for flow in [nil, "even"] as [String?] {
            var found: [ConversationSummary] = []
            while true {
                let page = try await store.conversations(
                    for: Sample.ann, flow: flow, after: found.last, limit: 4)
                if page.isEmpty { break }
                found += page
            }
            #expect(found.count == (flow == nil ? 25 : 13))
            #expect(Set(found.map(\.key)).count == found.count)
            #expect(found.map(\.lastAt) == found.map(\.lastAt).sorted(by: >))
        }
    }

    @Test(arguments: WorkspaceEngine.all)
    func `list messages of an owner, of a flow and of a session`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        var expected: [String] = []
        for number in 0..<20 {
            let key = Sample.key("s\(number % 2)", "f\(number % 3)")
            try await store.append([Sample.message("m\(number)", in: key, "x")])
            expected.append("m\(number)")
        }
        func listed(_ flow: String?, _ session: String?) async throws -> [String] {
            var found: [StoredMessage] = []
            while true {
                let page = try await store.messages(
                    for: Sample.ann, flow: flow, session: session, after: found.last?.id, limit: 3)
                if page.isEmpty { return found.map(\.id) }
                #expect(page.allSatisfy { $0.key.owner == Sample.ann })
                found += page
            }
        }
        #expect(try await listed(nil, nil) == expected)
        #expect(try await listed("f1", nil) == (0..<20).filter { $0 % 3 == 1 }.map { "m\($0)" })
        #expect(try await listed(nil, "s1") == (0..<20).filter { $0 % 2 == 1 }.map { "m\($0)" })
        #expect(try await listed("f1", "s1") == (0..<20).filter { $0 % 6 == 1 }.map { "m\($0)" })
        #expect(try await listed("none", nil).isEmpty)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are named, moved and deleted`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        let (key, other) = (Sample.key("s"), Sample.key("t"))
        for key in [key, other] {
            try await store.append([Sample.message("\(key.session)1", in: key, "hello")])
        }
        try await store.rename(key, title: "About pumps")
        #expect(try await store.conversation(key).title == "About pumps")
        try await store.rename(key, title: nil)
        #expect(try await store.conversation(key).title == nil)
        await #expect(throws: WorkspaceError.nameTaken(kind: "session", name: "t")) {
            try await store.move(key, toSession: "t")
        }
        try await store.move(key, toSession: "s")
        try await store.move(key, toSession: "u")
        #expect(try await store.messages(of: Sample.key("u"), before: nil, limit: 9).map(\.id) == ["s1"])
        await #expect(throws: WorkspaceError.notFound(kind: "conversation", id: "s")) {
            _ = try await store.conversation(key)
        }
        try await store.delete(Sample.key("u"))
        await #expect(throws: WorkspaceError.self) { try await store.delete(Sample.key("u")) }
        #expect(try await store.conversation(other).messageCount == 1)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `go with their last message`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        let key = Sample.key("s")
        try await store.append(
            (1...3).map { Sample.message("\($0)", in: key, "text \($0)", after: Double($0)) })
        #expect(try await store.delete(messages: ["1", "1", "3", "none"], for: Sample.ann) == 2)
        let summary = try await store.conversation(key)
        #expect(summary.opening == "text 2" && summary.messageCount == 1)
        #expect(summary.lastAt == Sample.start + 2)
        let updated = try await store.updateText("mended", ofMessage: "2", for: Sample.ann)
        #expect(updated.text == "mended" && updated.key == key)
        #expect(try await store.conversation(key).opening == "mended")
        #expect(try await store.delete(messages: ["2"], for: Sample.ann) == 1)
        await #expect(throws: WorkspaceError.self) { _ = try await store.conversation(key) }
    }

    @Test(arguments: WorkspaceEngine.all)
    func `end when they are old, of all owners`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        try await atOnce(0..<450) { number in
            let key = Sample.key("s\(number)", of: number % 2 == 0 ? Sample.ann : Sample.otherAnn)
            try await store.append([Sample.message("m\(number)", in: key, "x", after: Double(number))])
        }
        #expect(try await store.expire(before: Sample.start + 430) == 430)
        #expect(try await store.conversations(for: Sample.ann, flow: nil, after: nil, limit: 99).count == 10)
        #expect(
            try await store.messages(for: Sample.ann, flow: nil, session: nil, after: nil, limit: 99).count
                == 10)
        #expect(try await store.expire(before: Sample.start + 430) == 0)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `refuse names that two could be taken for, and keep every text whole`(engine: WorkspaceEngine)
        async throws
    {
        let store = try await engine.open()
        let long = String(repeating: "x", count: 2_001)
        for key in [
            Sample.key("a\0b"), Sample.key(""), Sample.key(long), Sample.key("s", "f\0"),
            Sample.key("s", of: Owner(name: "user:ann\0")), Sample.key("s", of: Owner(tenant: "", name: "x")),
        ] {
            await #expect(throws: WorkspaceError.self) {
                try await store.append([Sample.message("1", in: key, "x")])
            }
            await #expect(throws: WorkspaceError.self) {
                _ = try await store.messages(of: key, before: nil, limit: 1)
            }
        }
        let text = "before\0after – äöü 👩‍👩‍👧 \u{202E}"
        var message = Sample.message("1", in: Sample.key("s"), text)
        message.details = Data()
        try await store.append([message])
        let kept = try #require(try await store.messages(of: Sample.key("s"), before: nil, limit: 1).first)
        #expect(kept.text == text.replacingOccurrences(of: "\0", with: "\u{FFFD}"))
        #expect(kept.details.isEmpty)
        await #expect(throws: WorkspaceError.self) {
            let tooMuch = String(repeating: "x", count: WorkspaceLimits.messageBytes + 1)
            try await store.append([Sample.message("2", in: Sample.key("s"), tooMuch)])
        }
        // Two ways to write one letter, which Swift calls equal.
        let composed = Sample.key("caf\u{E9}"), decomposed = Sample.key("cafe\u{301}")
        try await store.append([
            Sample.message("3", in: composed, "one"), Sample.message("4", in: decomposed, "two"),
        ])
        #expect(try await store.messages(of: composed, before: nil, limit: 9).map(\.id) == ["3"])
        #expect(try await store.messages(of: decomposed, before: nil, limit: 9).map(\.id) == ["4"])
    }
}
