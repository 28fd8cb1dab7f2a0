import Corpus
import Foundation

/// How much of a site is read. Everything is read that no part of it leaves out.
///
/// What a scope leaves out is counted and not fetched. Narrowing a scope removes nothing by itself: what it no
/// longer covers is absent from the next listing, and goes as all that is absent goes.
public struct ConfluenceScope: Sendable, Hashable {
    /// What hangs in a space.
    public enum Kind: String, Sendable, CaseIterable {
        case pages, blogPosts = "blogposts", footerComments = "footer-comments"
        case inlineComments = "inline-comments", attachments
    }

    /// Keys of spaces, or patterns of them (`*` any characters, `?` one); empty for all.
    public var spaces: [String] = []
    /// Keys or patterns of spaces that are left out whatever else is said.
    public var excludedSpaces: [String] = []
    /// Types of spaces (`global`, `personal`, `collaboration`, `knowledge_base`, or `all`); empty for all but
    /// personal ones. A space whose key is named is read whatever its type.
    public var spaceTypes: Set<String> = []
    /// Whether archived spaces and archived pages are read.
    public var includesArchived = false
    /// Ids of pages: only these and what is below them. Blog posts are in no tree.
    public var trees: Set<String> = []
    /// Ids of pages that are left out with all that is below them.
    public var excludedTrees: Set<String> = []
    /// Only contents that have one of these labels.
    public var labels: Set<String> = []
    public var excludedLabels: Set<String> = []
    /// A query of Confluence's own that a page or blog post must be found by.
    public var cql: String?
    public var createdSince: Date?
    public var createdBefore: Date?
    public var updatedSince: Date?
    public var updatedBefore: Date?
    public var kinds = Set(Kind.allCases)

    public init() {}

    /// Every page of every space that is not personal.
    public static let everything = ConfluenceScope()
}

extension ConfluenceScope {
    /// What becomes of a content.
    enum Decision: Equatable, Sendable {
        case included
        /// Left out on purpose; why, for the person who reads the summary.
        case leftOut(String)
        /// It cannot be told. The content stays as it is stored, and counts as failed.
        case undecided(String)
    }

    /// Whether each space that is wanted is named by its key, so that the site need not list all of them.
    var namesAllSpaces: Bool {
        !spaces.isEmpty && !spaces.contains(where: Self.isPattern)
    }

    /// Whether a space may be read, as far as its key tells.
    public func mayInclude(space key: String) -> Bool {
        !excludedSpaces.contains { Self.matches(key, $0) }
            && (spaces.isEmpty || spaces.contains { Self.matches(key, $0) })
    }

    func includes(_ space: Space) -> Bool {
        guard !excludedSpaces.contains(where: { Self.matches(space.key, $0) }) else { return false }
        let named = spaces.filter { Self.matches(space.key, $0) }
        guard spaces.isEmpty || !named.isEmpty else { return false }
        if named.contains(where: { !Self.isPattern($0) }) { return true }
        let type = space.type.lowercased()
        guard !spaceTypes.isEmpty else { return !type.hasPrefix("personal") }
        return spaceTypes.contains(type) || spaceTypes.contains("all")
    }

    /// Whether pages, or blog posts, are listed at all.
    func lists(_ kind: Document.Kind) -> Bool {
        kinds.contains(kind == .blogPost ? .blogPosts : .pages)
    }

    /// Whether a page's labels must be known to decide about it.
    var asksForLabels: Bool { !labels.isEmpty || !excludedLabels.isEmpty }

    /// What becomes of a page or blog post; what hangs on it follows it.
    ///
    /// - Parameters:
    ///   - ancestors: ids from the root down to the parent.
    ///   - found: the ids in its space that ``cql`` finds; `nil` when there is no query.
    func decision(
        on content: RemoteContent, ancestors: [String], found: Set<String>? = nil
    ) -> Decision {
        guard kinds.contains(content.kind == .blogPost ? .blogPosts : .pages) else {
            return .leftOut(content.kind == .blogPost ? "blog posts are not read" : "pages are not read")
        }
        let path = [content.id] + ancestors
        if path.contains(where: excludedTrees.contains) {
            return .leftOut("it is in a page tree that is left out")
        }
        if !trees.isEmpty, !path.contains(where: trees.contains) {
            return .leftOut("it is in none of the page trees that are read")
        }
        if let found, !found.contains(content.id) {
            return .leftOut("the query of the scope does not find it")
        }
        if let decision = decisionByDates(content) { return decision }
        return decisionByLabels(content.labels)
    }

    /// Whether a comment or attachment is read whose page is.
    func includes(below content: RemoteContent) -> Bool {
        switch content.kind {
        case .comment: kinds.contains(content.isInlineComment ? .inlineComments : .footerComments)
        case .attachment: kinds.contains(.attachments)
        case .page, .blogPost: true
        }
    }

    private func decisionByDates(_ content: RemoteContent) -> Decision? {
        let ranges = [
            ("created", content.createdAt, createdSince, createdBefore),
            ("updated", content.updatedAt, updatedSince, updatedBefore),
        ]
        for (what, date, since, before) in ranges where since != nil || before != nil {
            guard let date else { return .undecided("the site does not say when it was \(what)") }
            if let since, date < since { return .leftOut("it was \(what) too early") }
            if let before, date >= before { return .leftOut("it was \(what) too late") }
        }
        return nil
    }

    private func decisionByLabels(_ known: [String]?) -> Decision {
        guard asksForLabels else { return .included }
        guard let known else { return .undecided("its labels could not be read") }
        // Confluence keeps labels in lower case, people do not write them so.
        let own = Set(known.map { $0.lowercased() })
        if let label = own.intersection(excludedLabels.map { $0.lowercased() }).min() {
            return .leftOut("it has the label “\(label)”")
        }
        if !labels.isEmpty, own.isDisjoint(with: labels.map { $0.lowercased() }) {
            return .leftOut("it has none of the labels that are read")
        }
        return .included
    }

    static func isPattern(_ text: String) -> Bool { text.contains("*") || text.contains("?") }

    /// Whether a key is what a pattern says. Keys compare without case, as Confluence does.
    ///
    /// - Complexity: O(*n* · *m*): after a mismatch the last star takes one character more, and no earlier one
    ///   ever has to.
    static func matches(_ key: String, _ pattern: String) -> Bool {
        let key = Array(key.lowercased())
        let pattern = Array(pattern.lowercased())
        var (at, next) = (0, 0)
        var star: (pattern: Int, key: Int)?
        while at < key.count {
            if next < pattern.count, pattern[next] == "*" {
                star = (next, at)
                next += 1
            } else if next < pattern.count, pattern[next] == "?" || pattern[next] == key[at] {
                at += 1
                next += 1
            } else if let last = star {
                star = (last.pattern, last.key + 1)
                at = last.key + 1
                next = last.pattern + 1
            } else {
                return false
            }
        }
        return pattern[next...].allSatisfy { $0 == "*" }
    }
}
