import Corpus

/// Looks, while something is told, whether what it shows may still be read.
///
/// A sync may find meanwhile that a right was taken away, by a restriction, a group or a space. What was shown cannot be
/// called back, but the stream ends within a second, and says so.
struct AccessWatch: Sendable {
    let corpus: any PassageStore
    let scopes: any ReadScopes

    /// How often it looks.
    static let pause = Duration.milliseconds(500)
    /// Documents that one look into the corpus is for; those that a source is asked about fit into it.
    static let documentsAtOnce = 50

    /// Of how many looks one is also at whether the caller is still let in.
    static let looksPerAdmission = 6
    /// Such looks, one after the other, after whose failure nobody is believed to be let in still.
    static let failedAdmissions = 20

    /// Looks again and again. Returns never, unless the task is cancelled.
    ///
    /// - Parameters:
    ///   - shown: the scope within which it is shown.
    ///   - isStillAdmitted: whether what let the caller in still does; `nil` when that cannot be told now.
    /// - Throws: ``RequestFault/accessWithdrawn`` as soon as a document may not be read any more, or is gone, and within
    ///   a few seconds of the end of a key, session or token; `CancellationError`.
    func watch(
        _ shown: ReadScope, for reader: Reader,
        isStillAdmitted: (@Sendable () async -> Bool?)? = nil
    ) async throws {
        var (looks, failures) = (0, 0)
        while true {
            try await Task.sleep(for: Self.pause)
            try await check(shown.shownDocuments, for: reader)
            looks += 1
            guard let isStillAdmitted, looks.isMultiple(of: Self.looksPerAdmission) else { continue }
            switch await isStillAdmitted() {
            case true?: failures = 0
            case false?: throw RequestFault.accessWithdrawn
            case nil:
                failures += 1
                if failures >= Self.failedAdmissions { throw RequestFault.accessWithdrawn }
            }
        }
    }

    /// Looks once.
    ///
    /// - Parameter mustAnswer: whether a database that cannot be asked is a reason to end what is told: what is shown now
    ///   was found before, maybe long before. What was found a moment ago may be told while it cannot be asked.
    /// - Throws: ``RequestFault/accessWithdrawn``; with `mustAnswer` also what the database throws.
    func check(_ documents: Set<String>, for reader: Reader, mustAnswer: Bool = false) async throws {
        guard !documents.isEmpty else { return }
        // Another one than the request's, which knows the caller's groups as they were at its beginning.
        let scope = scopes.scope(for: reader)
        let ids = documents.sorted()
        for start in stride(from: 0, to: ids.count, by: Self.documentsAtOnce) {
            let part = Array(ids[start..<min(start + Self.documentsAtOnce, ids.count)])
            let readable: Int
            do {
                readable = try await corpus.withSnapshot(for: scope) {
                    Set(try $0.facts(ofDocuments: part).map(\.id)).count
                }
            } catch {
                if mustAnswer { throw error }
                continue
            }
            guard readable == part.count else { throw RequestFault.accessWithdrawn }
        }
    }
}
