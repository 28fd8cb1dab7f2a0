import Corpus
import Foundation
import Sourcing

/// What hangs below a page: comments and attachments, asked for only when something may have changed there.
extension ConfluenceSpaceReader {
    /// Hands on what hangs below a page.
    ///
    /// - Parameter belowRun: the sync that listed it last; 0 when it is due.
    /// - Returns: whether all that hangs there is known.
    func readBelow(
        _ page: RemoteContent, belowRun: Int64, place: ConfluencePermissions.Place
    ) async throws -> Bool {
        var known = try await crawl.ledger.below(page.id).filter { wants($0.kind) }
        var isComplete = true
        if isDue(page, belowRun: belowRun, known) {
            if let comments = try await list(page, .comment, "comments", page.hasComments, dialect.comments),
                let files = try await list(
                    page, .attachment, "attachments", page.hasAttachments, dialect.attachments)
            {
                known = comments + files
                try await crawl.ledger.replace(below: page.id, by: known, space: space.key, run: run)
            } else {
                // What is stored stays, but never with readers it no longer has; the next sync looks again.
                isComplete = false
                try await crawl.ledger.unsettle([page.id])
                var stored: [RemoteContent] = []
                for content in known {
                    if await crawl.storedVersion(content.id) == content.version {
                        stored.append(content)
                    } else {
                        try await crawl.sink.send(.readers(id: content.id, place.readers))
                    }
                }
                known = stored
            }
        }
        if !known.isEmpty { try await crawl.sink.send(.expected(known.count)) }
        for content in known where try await hand(content, place: place, page: page) {
            // It went since it was listed: the next sync looks again.
            try await crawl.ledger.unsettle([page.id])
        }
        return isComplete
    }

    private func isDue(_ page: RemoteContent, belowRun: Int64, _ known: [RemoteContent]) -> Bool {
        if belowRun == 0 || (isFull && belowRun != run) { return true }
        func differs(_ has: Bool?, _ kind: Document.Kind) -> Bool {
            has.map { $0 != known.contains { $0.kind == kind } && wants(kind) } ?? false
        }
        return differs(page.hasComments, .comment) || differs(page.hasAttachments, .attachment)
    }

    private func wants(_ kind: Document.Kind) -> Bool {
        switch kind {
        case .comment: crawl.configuration.includeComments
        case .attachment: crawl.configuration.includeAttachments
        case .page, .blogPost: true
        }
    }

    /// One of the two lists below a page, or `nil` after its failure was reported.
    private func list(
        _ page: RemoteContent, _ kind: Document.Kind, _ what: String, _ has: Bool?,
        _ read: (RemoteContent) async throws -> [RemoteContent]
    ) async throws -> [RemoteContent]? {
        guard wants(kind), has != false else { return [] }
        do {
            return try await read(page)
        } catch let error as ConfluenceError {
            let reason = "its \(what) could not be listed: \(error)"
            // Of a page that is gone there is nothing left to list.
            return try await skip(page.id, page.title, reason, error) ? [] : nil
        }
    }
}
