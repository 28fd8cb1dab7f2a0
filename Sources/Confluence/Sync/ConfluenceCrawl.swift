import Corpus
import Documents
import Foundation
import Sourcing

/// One reading of a live Confluence.
struct ConfluenceCrawl: Sendable {
    let dialect: any ConfluenceDialect
    let configuration: ConfluenceConfiguration
    let sink: EventSink
    let ledger: ConfluenceLedger
    let storedVersion: @Sendable (_ id: String) async -> Int?
    let now: @Sendable () -> Date

    func run() async throws {
        let spaces = try await spacesToRead()
        let people = ConfluencePeople(dialect: dialect)
        var groups: Set<String> = []
        for space in spaces {
            do {
                groups.formUnion(try await ConfluenceSpaceSync(crawl: self, space: space).run(people: people))
            } catch let error as ConfluenceError where !error.isFatal {
                // Not listed: nothing of this space may be removed.
                try await skip(
                    "space:\(space.space.key)", space.space.name, "its listing failed: \(error)",
                    isFailure: true)
            }
        }
        try await leaveSpaces(besides: Set(spaces.map(\.space.key)))
        if configuration.readsGroupMembers {
            // Of spaces that could not be read now as well: who left a group must not read there, either.
            groups.formUnion(try await ledger.groupsInRules())
            try await ConfluenceMembership(dialect: dialect, store: ledger.store, sink: sink).refresh(groups)
        }
    }

    /// Spaces that were read once and that the site no longer lists: deleted, archived or not shared any more.
    /// Their pages go, in so far as so many may go at once.
    private func leaveSpaces(besides read: Set<String>) async throws {
        let known = try await ledger.store.syncedSpaces(source: ledger.source)
        for key in known.subtracting(read).sorted() where configuration.spaces.isEmpty {
            if try await ledger.store.documentIDs(inSpace: key).isEmpty {
                try await ledger.store.forgetSync(source: ledger.source, space: key)
                continue
            }
            try await sink.send(
                .warning("The space \(key) was read before and is no longer listed: its pages go."))
            try await sink.send(.listed(spaceKey: key))
        }
    }

    /// Spaces that are named, were read once and are no longer listed: nobody may read what is stored of them,
    /// until the site lists them again. Nothing of them goes.
    private func closeSpaces(besides listed: Set<String>) async throws {
        let known = try await ledger.store.syncedSpaces(source: ledger.source).subtracting(listed)
        for key in known.sorted()
        where configuration.spaces.contains(where: { ConfluenceScope.matches(key, $0) }) {
            let ids = try await ledger.store.documentIDs(inSpace: key)
            guard !ids.isEmpty else { continue }
            for id in ids.sorted() { try await sink.send(.readers(id: id, .nobody)) }
            try await sink.send(
                .closed(
                    """
                    The space \(key) was read before and is no longer listed, so nobody may read its \
                    \(ids.count) stored documents here.
                    """))
        }
    }

    private func spacesToRead() async throws -> [RemoteSpace] {
        let scope = configuration.scope
        let found: [RemoteSpace]
        do {
            found = try await dialect.spaces(keys: scope.namesAllSpaces ? scope.spaces : [])
        } catch ConfluenceError.status(404, let path) {
            throw ConfluenceError.notConfluence(base: path)
        }
        for key in scope.spaces where !found.contains(where: { ConfluenceScope.matches($0.space.key, key) }) {
            let reason =
                ConfluenceScope.isPattern(key)
                ? "no space has a key like this, as far as the account may see"
                : "there is no such space, or the account may not see it"
            try await skip("space:\(key)", key, reason, isFailure: true)
        }
        try await closeSpaces(besides: Set(found.map(\.space.key)))
        return found.filter { scope.includes($0.space) }
    }

    func skip(_ id: String, _ title: String, _ reason: String, isFailure: Bool) async throws {
        try await sink.send(
            .skipped(SkippedDocument(id: id, title: title, reason: reason, isFailure: isFailure)))
    }
}
