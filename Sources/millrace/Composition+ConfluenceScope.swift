import Confluence
import Foundation
import Ingest

extension Composition {
    /// How much of a Confluence is read, as the settings say.
    func confluenceScope() throws -> ConfluenceScope {
        let settings = configuration.settings
        var scope = ConfluenceScope()
        scope.spaces = settings.list("confluence.spaces")
        scope.excludedSpaces = settings.list("confluence.exclude_spaces")
        scope.spaceTypes = Set(settings.list("confluence.space_types").map { $0.lowercased() })
        let types: Set<String> = ["global", "personal", "collaboration", "knowledge_base", "all"]
        guard scope.spaceTypes.isSubset(of: types) else {
            throw settings.bad(
                "confluence.space_types", "of \(types.sorted().joined(separator: ", ")) some are expected")
        }
        scope.trees = try ids("confluence.pages")
        scope.excludedTrees = try ids("confluence.exclude_pages")
        scope.labels = Set(settings.list("confluence.labels"))
        scope.excludedLabels = Set(settings.list("confluence.exclude_labels"))
        scope.cql = settings.optionalText("confluence.cql")
        scope.createdSince = try date("confluence.created_since")
        scope.createdBefore = try date("confluence.created_before")
        scope.updatedSince = try date("confluence.updated_since")
        scope.updatedBefore = try date("confluence.updated_before")
        scope.includesArchived = try settings.flag("confluence.archived")
        scope.kinds = try kinds()
        return scope
    }

    private func ids(_ key: String) throws -> Set<String> {
        let ids = configuration.settings.list(key)
        guard ids.allSatisfy({ id in id.utf8.allSatisfy { (48...57).contains($0) } }) else {
            throw configuration.settings.bad(key, "ids of pages are expected, which are numbers")
        }
        return Set(ids)
    }

    private func date(_ key: String) throws -> Date? {
        guard let text = configuration.settings.optionalText(key) else { return nil }
        let day = Date.ISO8601FormatStyle().year().month().day()
        if let date = (try? Date.ISO8601FormatStyle().parse(text)) ?? (try? day.parse(text)) { return date }
        throw configuration.settings.bad(
            key, "a date is expected, such as 2026-01-31 or 2026-01-31T12:00:00Z")
    }

    private func kinds() throws -> Set<ConfluenceScope.Kind> {
        let settings = configuration.settings
        var kinds: Set<ConfluenceScope.Kind> = []
        for name in settings.list("confluence.kinds") {
            guard let kind = ConfluenceScope.Kind(rawValue: name) else {
                let all = ConfluenceScope.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw settings.bad("confluence.kinds", "of \(all) some are expected")
            }
            kinds.insert(kind)
        }
        guard !kinds.isDisjoint(with: [.pages, .blogPosts]) else {
            throw settings.bad("confluence.kinds", "pages or blogposts are expected among them")
        }
        return kinds
    }
}
