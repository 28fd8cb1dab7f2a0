import Foundation
import TestSupport
import Testing
import Workspace
import WorkspaceSQLite

/// One statement takes several messages; what it left out is looked at one by one.
@Suite(.timeLimit(.minutes(1))) struct `Messages that are appended together` {
    private let key = Sample.key("s")

    private func texts(_ workspace: SQLiteWorkspace, _ key: ConversationKey) async throws -> [String] {
        try await workspace.messages(of: key, before: nil, limit: 999).map(\.text)
    }

    @Test(arguments: [1, 2, 15, 16, 17, 32, 100])
    func `keep their order, however many they are`(count: Int) async throws {
        let workspace = try SQLiteWorkspace.inMemory()
        let messages = (0..<count).map { Sample.message("m\($0)", in: key, "\($0)", after: Double($0)) }
        try await workspace.append(messages)
        #expect(try await texts(workspace, key) == (0..<count).map { "\($0)" })
        let conversation = try await workspace.conversation(key)
        #expect(conversation.messageCount == count)
        #expect(conversation.lastAt == messages.last?.sentAt)
    }

    @Test func `replace those that were there, stay where these were, and count once`() async throws {
        let workspace = try SQLiteWorkspace.inMemory()
        try await workspace.append((0..<20).map { Sample.message("m\($0)", in: key, "old \($0)") })
        // Of the first sixteen one was there, of the others all but one.
        let second =
            [19].map { Sample.message("m\($0)", in: key, "new \($0)") }
            + (20..<35).map { Sample.message("m\($0)", in: key, "first \($0)") }
            + (0..<3).map { Sample.message("m\($0)", in: key, "new \($0)") }
            + [Sample.message("m35", in: key, "first 35")]
        try await workspace.append(second)
        let expected =
            (0..<3).map { "new \($0)" } + (3..<19).map { "old \($0)" } + ["new 19"]
            + (20..<36).map { "first \($0)" }
        #expect(try await texts(workspace, key) == expected)
        #expect(try await workspace.conversation(key).messageCount == 36)
    }

    @Test func `of one id are one message, as it was said last`() async throws {
        let workspace = try SQLiteWorkspace.inMemory()
        try await workspace.append([
            Sample.message("a", in: key, "1"), Sample.message("b", in: key, "2"),
            Sample.message("a", in: key, "3"),
        ])
        #expect(try await texts(workspace, key) == ["3", "2"])
        #expect(try await workspace.conversation(key).messageCount == 2)
    }

    @Test func `are refused together when one has the id of another conversation's`() async throws {
        let workspace = try SQLiteWorkspace.inMemory()
        try await workspace.append([Sample.message("taken", in: Sample.key("other"), "theirs")])
        await #expect(throws: WorkspaceError.nameTaken(kind: "message", name: "taken")) {
            try await workspace.append(
                (0..<20).map { Sample.message("m\($0)", in: key, "x") }
                    + [Sample.message("taken", in: key, "ours")])
        }
        #expect(try await texts(workspace, Sample.key("other")) == ["theirs"])
        await #expect(throws: WorkspaceError.self) { try await workspace.conversation(key) }
    }

    @Test func `keep texts and bytes that SQLite would shorten or drop`() async throws {
        let workspace = try SQLiteWorkspace.inMemory()
        var message = Sample.message("a", in: key, "before\u{0}behind")
        message.details = Data()
        try await workspace.append([message, Sample.message("b", in: key, "")])
        let kept = try await workspace.messages(of: key, before: nil, limit: 9)
        #expect(kept.map(\.text) == ["before\u{FFFD}behind", ""])
        #expect(kept.first?.details == Data())
    }
}
