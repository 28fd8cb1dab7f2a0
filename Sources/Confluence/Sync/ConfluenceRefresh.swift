import Corpus
import Foundation
import Sourcing

/// Reads targets anew, each by itself; what they are is always asked of the site, never taken from who named them.
struct ConfluenceRefreshSource: DocumentSource {
    typealias StoredVersion = @Sendable (_ id: String) async -> Int?

    let name: String
    let targets: [ConfluenceTarget]
    let makeCrawl: @Sendable (EventSink, @escaping StoredVersion) async throws -> ConfluenceCrawl

    func events(storedVersion: @escaping StoredVersion) -> AsyncThrowingStream<SourceEvent, any Error> {
        pacedEvents { sink in
            try await ConfluenceRefresh(crawl: try await makeCrawl(sink, storedVersion)).run(targets)
        }
    }
}

/// One reading of some targets.
struct ConfluenceRefresh: Sendable {
    let crawl: ConfluenceCrawl

    private var ledger: ConfluenceLedger { crawl.ledger }
    private var dialect: any ConfluenceDialect { crawl.dialect }

    func run(_ targets: [ConfluenceTarget]) async throws {
        // It may go on from a listing that is older than what the other targets mean, so they are read after it.
        if targets.contains(.site) { try await crawl.run() }
        var spaces: Set<String> = []
        var contents: Set<String> = []
        var trees: Set<String> = []
        var groups: Set<String> = []
        for target in targets {
            switch target {
            case .content(let id): contents.insert(id)
            case .tree(let id): trees.insert(id)
            case .space(let key): spaces.insert(key)
            case .group(let name):
                // Cloud's rules name a group by its id as well, and the event does not tell which.
                groups.formUnion(try await ledger.groupsInRules().filter(ConfluencePrincipals.isGroupID))
                groups.insert(name)
            case .site: continue
            case .allGroups: groups.formUnion(try await ledger.groupsInRules())
            }
        }
        let people = ConfluencePeople(dialect: dialect)
        let synced = try await ledger.store.syncedSpaces(source: ledger.source)
        for key in spaces.intersection(synced).sorted() { groups.formUnion(try await sync(key, people)) }
        // A tree holds its root, so that nothing is read twice.
        for id in trees.union(contents).sorted() {
            groups.formUnion(try await read(id, isTree: trees.contains(id), synced, people))
        }
        if crawl.configuration.readsGroupMembers {
            try await ConfluenceMembership(dialect: dialect, store: ledger.store, sink: crawl.sink)
                .refresh(groups)
        }
    }

    private func sync(_ key: String, _ people: ConfluencePeople) async throws -> Set<String> {
        do {
            guard let space = try await dialect.spaces(keys: [key]).first(where: { $0.space.key == key })
            else {
                // The next sync decides about the space; it alone lists all of them.
                return []
            }
            var sync = ConfluenceSpaceSync(crawl: crawl, space: space)
            // A listing that was broken off is older than what the request tells of.
            sync.resumeWindow = 0
            return try await sync.run(people: people)
        } catch let error as ConfluenceError where !error.isFatal {
            try await crawl.skip("space:\(key)", key, "its listing failed: \(error)", isFailure: true)
            return []
        }
    }

    /// - Returns: the groups that the content's rules name, as far as this reading met them.
    private func read(
        _ id: String, isTree: Bool, _ synced: Set<String>, _ people: ConfluencePeople
    ) async throws -> Set<String> {
        let known = try await ledger.entry(id)
        let content: RemoteContent
        do {
            content = try await dialect.content(id: id)
        } catch let error as ConfluenceError {
            if case .unauthorized = error {
                // One content may answer 401 where the credentials are good for the rest.
                try await dialect.probe()
            } else if error.isFatal {
                throw error
            }
            var groups: Set<String> = []
            for page in try await refuse(id, known, error) where page != id {
                groups.formUnion(try await read(page, isTree: isTree, synced, people))
            }
            return groups
        }
        guard content.kind == .page || content.kind == .blogPost else {
            let page = content.containerID ?? known?.content.containerID
            guard let page, page != id else { return [] }
            try await ledger.unsettle([page])
            return try await read(page, isTree: false, synced, people)
        }
        guard let key = content.spaceKey else { return [] }
        guard let state = try await ledger.store.syncState(source: ledger.source, space: key) else {
            // It stands in a space that is not read here, now at least.
            if known != nil { try await remove(id) }
            return []
        }
        guard synced.contains(key) else {
            // The space's first sync says who may read it there. If it knows it from another space, nobody may
            // until then.
            if let known, known.content.spaceKey != key { try await close(id) }
            return []
        }
        return try await read(content, known, isTree: isTree, in: key, run: state.run, people)
    }

    private func read(
        _ content: RemoteContent, _ known: ConfluenceLedger.Entry?, isTree: Bool, in key: String, run: Int64,
        _ people: ConfluencePeople
    ) async throws -> Set<String> {
        guard let space = try await dialect.spaces(keys: [key]).first(where: { $0.space.key == key }) else {
            return []
        }
        let hungBelow = try await ledger.below(content.id).map(\.id)
        // Asked for again, and closed if that fails: what was known before must not stand in for it.
        var page = content
        page.restriction = nil
        try await ledger.put([page], space: key, run: run)
        try await ledger.forgetRestriction(of: page.id)
        let viewers = try await ConfluenceSpaceSync(crawl: crawl, space: space).viewers()
        let permissions = ConfluencePermissions(dialect: dialect, viewers: viewers, ledger: ledger, run: run)
        let reader = ConfluenceSpaceReader(
            crawl: crawl, space: space.space, people: people, permissions: permissions, run: run,
            isFull: false, found: try await ConfluenceSpaceSync(crawl: crawl, space: space).found(),
            isAlone: true)
        try await crawl.sink.send(.space(space.space))
        // Below it something may have changed as well: events are lost, and this one says no more.
        _ = try await reader.read([
            ConfluenceLedger.Entry(content: page, listedRun: run, belowRun: 0, restrictionRun: 0)
        ])
        for gone in hungBelow where try await ledger.entry(gone) == nil {
            try await crawl.sink.send(.removed(id: gone))
        }
        let restriction = try await ledger.entry(page.id)?.content.restriction
        let isMoved =
            known.map {
                $0.content.title != page.title || $0.content.parent?.id != page.parent?.id
                    || $0.content.spaceKey != key || $0.content.restriction != restriction
            } ?? false
        if isTree || isMoved {
            for below in try await ledger.store.syncDescendants(of: page.id, source: ledger.source) {
                if let entry = try await ledger.entry(below) { _ = try await reader.read([entry]) }
            }
        }
        try await reader.report()
        return await permissions.groups
    }

    /// A content that the site does not give.
    ///
    /// - Returns: the pages that hung on it, which went with it or hang elsewhere now.
    private func refuse(
        _ id: String, _ known: ConfluenceLedger.Entry?, _ error: ConfluenceError
    ) async throws -> [String] {
        switch error {
        case .status(404, _), .status(410, _):
            let children = try await ledger.store.syncChildren(of: id, source: ledger.source)
            try await remove(id)
            return children
        case .unauthorized, .status(403, _):
            // It is there, but who may read it cannot be told any more, nor who may read what is below it.
            try await close(id)
            fallthrough
        default:
            try await crawl.skip(id, known?.content.title ?? "", "\(error)", isFailure: true)
        }
        return []
    }

    /// Closes a content to all, with everything below it.
    private func close(_ id: String) async throws {
        for page in [id] + (try await ledger.store.syncDescendants(of: id, source: ledger.source)) {
            for content in [page] + (try await ledger.below(page).map(\.id)) {
                try await crawl.sink.send(.unchanged(id: content, readers: .nobody))
            }
        }
    }

    /// Takes a content away with its comments and attachments.
    private func remove(_ id: String) async throws {
        for content in try await ledger.below(id) { try await crawl.sink.send(.removed(id: content.id)) }
        try await crawl.sink.send(.removed(id: id))
        try await ledger.store.forgetSyncEntry(id, source: ledger.source)
    }
}
