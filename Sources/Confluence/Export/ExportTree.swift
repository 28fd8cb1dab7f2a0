import Corpus

/// The page tree of an export, and who may read what hangs in it.
struct ExportTree: Sendable {
    /// Where a page stands and who may read it.
    struct Place: Sendable {
        /// From the root down to the parent.
        var ancestors: [Ancestor]
        var readers: AccessRule
        var fault: Fault?
    }

    /// What is wrong with a page's way to the root.
    enum Fault: Sendable {
        /// A page above is not in the export, and so its restrictions are unknown.
        case missingAncestor(id: String)
        /// A page above stands below the page as well.
        case cycle
    }

    private let entities: ExportEntities

    init(_ entities: ExportEntities) {
        self.entities = entities
    }

    /// - Returns: the conjunction of the space's viewers, the page's restriction and that of every page
    ///   above it. An ancestor that the export does not hold closes the page.
    func place(of page: ExportContent, viewers: Set<Principal>?) -> Place {
        var clauses: [Set<Principal>] = [viewers ?? []]
        clauses += entities.permissions.clauses(of: page, people: entities.people)
        var ancestors: [Ancestor] = []
        var visited: Set<String> = [page.id]
        var fault: Fault?
        var next = page.kind == .blogPost ? nil : page.parentID
        while let id = next {
            guard visited.insert(id).inserted else {
                fault = .cycle
                break
            }
            guard let ancestor = entities.contents[id] else {
                fault = .missingAncestor(id: id)
                clauses.append([])
                break
            }
            ancestors.append(Ancestor(id: id, title: ancestor.title))
            clauses += entities.permissions.clauses(of: ancestor, people: entities.people)
            next = ancestor.parentID
        }
        return Place(ancestors: ancestors.reversed(), readers: AccessRule(allOf: clauses), fault: fault)
    }

    /// The space of `content`: its own, else that of what it hangs on.
    func spaceID(of content: ExportContent) -> String? {
        var visited: Set<String> = []
        var current: ExportContent? = content
        while let here = current, visited.insert(here.documentID).inserted {
            if let space = here.spaceID { return space }
            current = entities.content(here.containerID ?? here.parentID)
        }
        return entities.spaces.count == 1 ? entities.spaces.keys.first : nil
    }

    /// The page or blog post that a comment or an attachment stands under, through replies and the like.
    func page(of content: ExportContent) -> ExportContent? {
        var visited: Set<String> = []
        var current: ExportContent? = content
        while let here = current, visited.insert(here.documentID).inserted {
            if here.kind == .page || here.kind == .blogPost { return here }
            current = entities.content(here.containerID ?? here.parentID)
        }
        return nil
    }
}
