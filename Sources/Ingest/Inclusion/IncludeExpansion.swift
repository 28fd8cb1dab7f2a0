import Corpus
import Documents

/// Finds pages that others include.
public protocol IncludeResolver: Sendable {
    /// The page or blog post of that title in that space, or `nil` when it is not known.
    func includablePage(title: String, spaceKey: String) -> IncludablePage?
    func includablePage(id: String) -> IncludablePage?
}

/// Puts included pages and excerpts in the place of the macros that include them.
///
/// Included content becomes a fold that is titled with its page. It stands there
/// - only if every reader of the including page may read the included one: `AccessRule.implies`;
/// - once: a page or excerpt that is included again is its title, and so is a page that includes itself, by
///   whatever detour;
/// - within ``maxDepth`` includes in each other, ``maxPageCount`` pages and ``maxByteCount``.
///
/// In all other cases the page's title stands there alone, as a reader of Confluence sees at least that.
struct IncludeExpansion {
    static let maxDepth = 8
    static let maxPageCount = 64
    /// Of the bodies that one page may take in.
    static let maxByteCount = 4 << 20

    private let resolver: any IncludeResolver
    private let readers: AccessRule
    /// Each page that is included somewhere below, once.
    private(set) var inclusions: [Inclusion] = []
    /// Names of the people whom included content mentions.
    private(set) var names: [UserReference: String] = [:]
    /// Page and excerpt, as they have been shown.
    private var shown: Set<[String]> = []
    private var pageCount = 0
    private var byteCount = 0

    /// The page around an include.
    private struct Place {
        var spaceKey: String
        /// Pages from the outermost to this one.
        var path: [String]
    }

    /// - Parameter readers: of the including page by itself.
    init(resolver: any IncludeResolver, readers: AccessRule) {
        self.resolver = resolver
        self.readers = readers
    }

    /// The blocks of a page with what it includes.
    mutating func expand(_ blocks: [Block], ofDocument id: String, spaceKey: String) -> [Block] {
        expand(blocks, Place(spaceKey: spaceKey, path: [id]))
    }

    private mutating func expand(_ blocks: [Block], _ place: Place) -> [Block] {
        // The closure must change what is counted, and a struct cannot lend itself twice.
        var state = self
        let expanded = blocks.replacing { state.content(of: $0, place) }
        self = state
        return expanded
    }

    /// What stands for an include, or `nil` for its title.
    private mutating func content(of include: Block, _ place: Place) -> [Block]? {
        guard case .include(let title, let namedSpace, let excerpt) = include else { return nil }
        let spaceKey = namedSpace ?? place.spaceKey
        let page = resolver.includablePage(title: title, spaceKey: spaceKey)
        let isAllowed = page.map { readers.implies($0.readers) } ?? false
        note(
            Inclusion(
                spaceKey: spaceKey, title: title, targetID: page?.id, targetHash: page?.origin.hash ?? "",
                isAllowed: isAllowed))
        guard let page, isAllowed, !place.path.contains(page.id), place.path.count <= Self.maxDepth,
            pageCount < Self.maxPageCount, byteCount + page.origin.body.utf8.count <= Self.maxByteCount,
            shown.insert([page.id, excerpt ?? "whole page", excerpt == nil ? "" : "excerpt"]).inserted
        else { return nil }
        pageCount += 1
        byteCount += page.origin.body.utf8.count
        guard let parsed = try? PageBody(page.origin).parse(mayShow: { mayShow($0) }) else { return nil }
        names.merge(PageBody.people(page.origin.names)) { known, _ in known }
        names.merge(parsed.names) { known, _ in known }
        let body = excerpt.map { parsed.excerpt(named: $0) } ?? parsed.blocks
        let inner = Place(spaceKey: page.spaceKey, path: place.path + [page.id])
        let blocks = expand(body, inner)
        return blocks.isEmpty ? nil : [.fold(title: "Included from \(page.title)", blocks)]
    }

    /// Whether every reader of the including page may read a page that is listed on it.
    mutating func mayShow(_ link: LinkedPage) -> Bool {
        let (page, spaceKey, title): (IncludablePage?, String, String)
        switch link {
        case .id(let id):
            (page, spaceKey, title) = (resolver.includablePage(id: id), Inclusion.byID, id)
        case .title(let name, let key):
            (page, spaceKey, title) = (resolver.includablePage(title: name, spaceKey: key), key, name)
        case .unknown: return false
        }
        let isAllowed = page.map { readers.implies($0.readers) } ?? false
        note(
            Inclusion(
                spaceKey: spaceKey, title: title, targetID: page?.id, targetHash: page?.origin.hash ?? "",
                isAllowed: isAllowed))
        return isAllowed
    }

    private mutating func note(_ inclusion: Inclusion) {
        let isKnown = inclusions.contains {
            $0.spaceKey == inclusion.spaceKey && $0.title == inclusion.title
        }
        if !isKnown { inclusions.append(inclusion) }
    }
}
