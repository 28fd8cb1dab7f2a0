import Corpus
import Foundation
import JSONValue
import Synchronization
import Workspace

/// The documents that a stored run has shown something of, kept with its events, so that whoever follows it, at once or
/// later and from whatever process, can look whether they may still be read.
///
/// They stand in a member of the stored event that no client is told: the first event that may show something of a document
/// names it, or one before.
final class JournalledDocuments: Sendable {
    private static let member = "documents"

    private let scope: ReadScope
    private let known = Mutex<Set<String>>([])

    /// - Parameter scope: the run's.
    init(_ scope: ReadScope) {
        self.scope = scope
    }

    /// Events as they are stored, the first of them with the documents that no event has named yet.
    func stored(_ events: [FlowProgress]) throws -> [StoredRunEvent] {
        let fresh = known.withLock { known in
            let fresh = scope.shownDocuments.subtracting(known)
            known.formUnion(fresh)
            return fresh.sorted()
        }
        return try events.enumerated().map { offset, event in
            var json = event.json
            if offset == 0, !fresh.isEmpty, var members = json.object {
                members[Self.member] = .array(fresh.map { .string($0) })
                json = .object(members)
            }
            return StoredRunEvent(position: event.position, event: Data(try json.utf8()))
        }
    }

    /// The documents that a stored event names.
    static func documents(of event: JSONValue) -> [String] {
        event[member]?.array?.compactMap(\.string) ?? []
    }
}
