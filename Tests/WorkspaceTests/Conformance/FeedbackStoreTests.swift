import Foundation
import Testing
import Workspace

@Suite(.timeLimit(.minutes(1))) struct `What people think of answers` {
    private func feedback(
        _ id: String, of owner: Owner = Sample.ann, _ rating: StoredFeedback.Rating = .up
    ) -> StoredFeedback {
        StoredFeedback(
            id: id, owner: owner, answer: "a\(id)", request: nil, question: "How?", rating: rating,
            reason: rating == .down ? .notAllowed : nil, comment: "", createdAt: Sample.start)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `is listed as it was given, newest first, page by page`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        for number in 0..<9 {
            try await store.add(
                feedback(
                    "\(number)", of: number % 3 == 2 ? Sample.bob : Sample.ann,
                    number % 2 == 0 ? .up : .down))
        }
        let anns = try await store.feedback(for: Sample.ann, rating: nil, before: nil, limit: 9)
        #expect(anns.map(\.id) == ["7", "6", "4", "3", "1", "0"])
        #expect(anns.first == feedback("7", .down))
        let down = try await store.feedback(for: Sample.ann, rating: .down, before: nil, limit: 9)
        #expect(down.map(\.id) == ["7", "3", "1"])
        let next = try await store.feedback(for: Sample.ann, rating: .down, before: "7", limit: 1)
        #expect(next.map(\.id) == ["3"])
        let all = try await store.feedback(inTenant: "default", rating: nil, before: "5", limit: 3)
        #expect(all == [feedback("4"), feedback("3", .down), feedback("2", of: Sample.bob)])
        #expect(try await store.feedback(inTenant: "other", rating: nil, before: nil, limit: 9).isEmpty)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `tells and loses nothing by an id of somebody else's`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        try await store.add(feedback("1"))
        let missing = WorkspaceError.notFound(kind: "feedback", id: "1")
        for other in [Sample.bob, Sample.otherAnn] {
            await #expect(throws: missing) {
                _ = try await store.feedback(for: other, rating: nil, before: "1", limit: 9)
            }
            await #expect(throws: missing) { try await store.delete(feedback: "1", for: other) }
        }
        await #expect(throws: missing) {
            _ = try await store.feedback(inTenant: "other", rating: nil, before: "1", limit: 9)
        }
        await #expect(throws: missing) { try await store.delete(feedback: "1", inTenant: "other") }
        try await store.delete(feedback: "1", inTenant: "default")
        await #expect(throws: missing) { try await store.delete(feedback: "1", for: Sample.ann) }
    }
}
