import Corpus
import Sourcing

/// Keeps the corpus's membership table up to date, so that a caller who is known as a user is known as a member.
struct ConfluenceMembership: Sendable {
    let dialect: any ConfluenceDialect
    let store: any MemberDirectory
    let sink: EventSink

    /// Groups that are asked for at a time.
    private static let width = 4

    /// Asks for the members of each group. Where that fails the group has none: what is not known is closed.
    func refresh(_ groups: Set<String>) async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for (index, group) in groups.sorted().enumerated() {
                if index >= Self.width { try await tasks.next() }
                tasks.addTask { try await refresh(group) }
            }
            try await tasks.waitForAll()
        }
    }

    private func refresh(_ group: String) async throws {
        do {
            try await store.setMembers(try await dialect.members(of: group), of: .group(group))
        } catch let error as ConfluenceError where !error.isFatal {
            try await store.setMembers([], of: .group(group))
            let text =
                "The members of the group \(group) could not be read, so nobody reads as one of them: \(error)"
            // A group that was deleted is still named in old restrictions.
            if case .status(404, _) = error {
                try await sink.send(.warning(text))
            } else {
                try await sink.send(.closed(text))
            }
        }
    }
}
