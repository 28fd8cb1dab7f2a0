import Corpus
import Sourcing

/// Which pages of a listing the scope covers.
extension ConfluenceSpaceReader {
    /// A page that is read, where it stands and who may read it.
    struct Scoped {
        var page: RemoteContent
        var place: ConfluencePermissions.Place
        var belowRun: Int64
    }

    /// Places pages, and leaves out those that the scope does not cover.
    func inScope(_ entries: [ConfluenceLedger.Entry]) async throws -> [Scoped] {
        var scoped: [Scoped] = []
        for entry in try await labelled(entries) {
            var page = entry.content
            if entry.restrictionRun != run { page.restriction = nil }
            let place = try await permissions.place(of: page)
            let decision = crawl.configuration.scope.decision(
                on: page, ancestors: place.ancestors.map(\.id), found: found)
            switch decision {
            case .included: scoped.append(Scoped(page: page, place: place, belowRun: entry.belowRun))
            case .leftOut(let reason):
                try await crawl.skip(
                    page.id, page.title, "the scope leaves it out: \(reason)", isFailure: false)
                if isAlone { try await remove(page.id) }
            case .undecided(let reason):
                try await keep(page, place)
                try await crawl.skip(
                    page.id, page.title, "whether the scope covers it cannot be told: \(reason)",
                    isFailure: true)
            }
        }
        return scoped
    }

    /// Takes away what is stored of a page that no listing will miss. Its place in the tree is still known.
    private func remove(_ id: String) async throws {
        for below in try await crawl.ledger.below(id) { try await crawl.sink.send(.removed(id: below.id)) }
        try await crawl.sink.send(.removed(id: id))
    }

    /// What is stored of a page stays, but never with readers that it no longer has.
    private func keep(_ page: RemoteContent, _ place: ConfluencePermissions.Place) async throws {
        for id in [page.id] + (try await crawl.ledger.below(page.id).map(\.id)) {
            try await crawl.sink.send(.unchanged(id: id, readers: place.readers))
        }
    }

    /// The entries with their labels, if those decide and a listing did not tell them.
    private func labelled(_ entries: [ConfluenceLedger.Entry]) async throws -> [ConfluenceLedger.Entry] {
        let unknown = entries.map(\.content).filter { $0.labels == nil }
        guard crawl.configuration.scope.asksForLabels, !unknown.isEmpty else { return entries }
        var labels: [String: [String]] = [:]
        do {
            for content in try await dialect.detailed(unknown) { labels[content.id] = content.labels }
        } catch let error as ConfluenceError where !error.isFatal {
            // Each is undecided then, and says so.
        }
        return entries.map { entry in
            var entry = entry
            entry.content.labels = entry.content.labels ?? labels[entry.content.id]
            return entry
        }
    }
}
