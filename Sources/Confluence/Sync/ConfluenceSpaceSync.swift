import Corpus
import Foundation
import Sourcing

/// One sync of one space, in phases that a kill does not undo: the listing, what it did not say, the documents.
///
/// A full sync asks below every page for comments and attachments; an incremental one only where the site's
/// search says that something changed, or the page has another version. Both list every page and post, and learn
/// every restriction anew: neither a deletion, a move nor a new restriction shows in any search.
struct ConfluenceSpaceSync: Sendable {
    let crawl: ConfluenceCrawl
    let space: RemoteSpace

    private var key: String { space.space.key }
    private var ledger: ConfluenceLedger { crawl.ledger }
    private var dialect: any ConfluenceDialect { crawl.dialect }

    /// Search counts in minutes, lags behind, and its clock may be another than ours.
    private static let overlap: TimeInterval = 15 * 60
    /// How long a killed sync may have stood still to be gone on with.
    var resumeWindow: TimeInterval = 3600
    /// Entries that are taken from the ledger at a time.
    private static let part = 200

    /// - Returns: the groups whose members matter.
    func run(people: ConfluencePeople) async throws -> Set<String> {
        try await crawl.sink.send(.space(space.space))
        var state = try await ledger.begin(
            key, fullEvery: crawl.configuration.fullSyncEvery, at: crawl.now(),
            resumeWindow: resumeWindow)
        if state.phase == .listing {
            let run = state.run
            try await dialect.list(space) { try await ledger.put($0, space: key, run: run) }
            if !state.isFull, try await !noteChanges(since: state.highWater) { state.isFull = true }
            try await enter(.detailing, &state)
        }
        if state.phase == .detailing {
            try await addDetails(run: state.run)
            try await enter(.reading, &state)
        }
        return try await read(state, people: people)
    }

    private func enter(_ phase: SyncState.Phase, _ state: inout SyncState) async throws {
        state.phase = phase
        try await ledger.set(state, of: key, at: crawl.now())
    }

    /// Makes pages due below which the search says that something changed.
    ///
    /// - Returns: `false` when the search could not be asked, or named something whose page cannot be told.
    private func noteChanges(since highWater: Date?) async throws -> Bool {
        guard let highWater else { return false }
        var isWhole = true
        do {
            try await dialect.changed(since: highWater - Self.overlap, in: [key]) { contents in
                var pages: [String] = []
                for content in contents where content.kind == .comment || content.kind == .attachment {
                    var page = content.containerID
                    if page == nil { page = try await ledger.entry(content.id)?.content.containerID }
                    if let page {
                        pages.append(page)
                    } else {
                        isWhole = false
                    }
                }
                try await ledger.unsettle(pages)
            }
        } catch let error as ConfluenceError where !error.isFatal {
            try await crawl.sink.send(
                .warning(
                    """
                    The search could not say what changed in the space \(key), so comments and attachments of \
                    every page are listed: \(error)
                    """))
            return false
        }
        return isWhole
    }

    /// Asks for restrictions and the like of many contents at a time, where the listing did not tell them.
    private func addDetails(run: Int64) async throws {
        var last = ""
        let size = max(1, dialect.detailBatch)
        while true {
            let part = try await ledger.entries(
                of: key, run: run, after: last, limit: size * min(8, crawl.configuration.concurrency),
                lacksRestriction: true)
            guard let end = part.last else { return }
            last = end.content.id
            try await withThrowingTaskGroup(of: Void.self) { group in
                for start in stride(from: 0, to: part.count, by: size) {
                    let contents = part[start..<min(start + size, part.count)].map { entry in
                        var content = entry.content
                        content.restriction = nil
                        return content
                    }
                    group.addTask { try await addDetails(to: contents, run: run) }
                }
                try await group.waitForAll()
            }
        }
    }

    private func addDetails(to contents: [RemoteContent], run: Int64) async throws {
        do {
            let detailed = try await dialect.detailed(contents)
            try await ledger.put(detailed, space: key, run: run)
        } catch let error as ConfluenceError where !error.isFatal {
            // Each is asked for by itself when its turn comes, and closed if that fails as well.
        }
    }

    private func read(_ state: SyncState, people: ConfluencePeople) async throws -> Set<String> {
        let permissions = ConfluencePermissions(
            dialect: dialect, viewers: try await viewers(), ledger: ledger, run: state.run)
        let count = try await ledger.count(of: key, run: state.run)
        try await crawl.sink.send(.expected(count))
        let reader = ConfluenceSpaceReader(
            crawl: crawl, space: space.space, people: people, permissions: permissions, run: state.run,
            isFull: state.isFull, found: try await found())
        let isComplete = try await readEntries(state, reader, count: count)
        try await reader.report()
        // A page whose comments could not be listed may have lost some or none: nobody can tell.
        if isComplete { try await crawl.sink.send(.listed(spaceKey: key)) }
        try await crawl.sink.send(
            .finished(SyncMark(source: ledger.source, spaceKey: key, run: state.run)))
        return await permissions.groups
    }

    /// Reads pages side by side, some in a row by each task so that their bodies can be asked for together.
    private func readEntries(
        _ state: SyncState, _ reader: ConfluenceSpaceReader, count: Int
    ) async throws -> Bool {
        let width = crawl.configuration.concurrency
        let size = min(max(1, count / (width * 4)), max(1, dialect.bodyBatch))
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            var isComplete = true
            var running = 0
            var last = ""
            while true {
                let part = try await ledger.entries(of: key, run: state.run, after: last, limit: Self.part)
                guard let end = part.last else { break }
                last = end.content.id
                for start in stride(from: 0, to: part.count, by: size) {
                    if running >= width {
                        if try await group.next() == false { isComplete = false }
                        running -= 1
                    }
                    let pages = Array(part[start..<min(start + size, part.count)])
                    group.addTask { try await reader.read(pages) }
                    running += 1
                }
                try await ledger.set(state, of: key, at: crawl.now())
            }
            for try await isListed in group where !isListed { isComplete = false }
            return isComplete
        }
    }

    /// The contents that the scope's query finds; without them nothing of the space can be decided.
    func found() async throws -> Set<String>? {
        guard let query = crawl.configuration.scope.cql else { return nil }
        return try await dialect.ids(foundBy: query, in: key)
    }

    /// A space may be open to those who are not signed in, and the site as a whole not: then the grant means
    /// those who are. Only the site itself can tell, by what it shows to nobody.
    private func believed(_ viewers: Set<Principal>) async throws -> Set<Principal> {
        guard viewers.contains(.anyone), try await !dialect.showsUnsigned(space) else { return viewers }
        return viewers.subtracting([.anyone]).union([.signedIn])
    }

    /// Who may view the space; nobody, with a word about it, when that cannot be read.
    func viewers() async throws -> Set<Principal> {
        var reason = "they name nobody who could be told"
        do {
            let viewers = try await dialect.viewers(of: space)
            if !viewers.isEmpty { return try await believed(viewers) }
        } catch let error as ConfluenceError where !error.isFatal {
            reason = "\(error)"
        }
        try await crawl.sink.send(
            .closed(
                """
                The permissions of the space \(key) could not be read, so nobody may read its pages here: \
                \(reason)
                """))
        return []
    }
}
