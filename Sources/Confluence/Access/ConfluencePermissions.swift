import Corpus

/// Works out who may read each content of one space: the space's viewers, the content's own restriction and
/// that of *every* ancestor. What could not be read closes the page to all; it never opens it.
///
/// Ancestors are looked up in the ledger, so that memory does not grow with the space.
actor ConfluencePermissions {
    /// Where a content stands and who may read it.
    struct Place: Sendable {
        /// From the root down to the parent.
        var ancestors: [Ancestor]
        var readers: AccessRule
    }

    /// What matters of a content on the way to the root.
    private struct Node {
        var title: String
        var parent: RemoteContent.Parent?
        /// `nil` until it was asked for.
        var restriction: RemoteRestriction?

        init(_ content: RemoteContent) {
            title = content.title
            parent = content.parent
            restriction = content.restriction
        }
    }

    /// Contents whose restrictions, or whose ancestors', could not be read.
    private(set) var unreadable = IDSample()
    /// Contents whose way to the root runs in a circle.
    private(set) var cyclic = IDSample()
    /// Groups that viewers or restrictions name.
    private(set) var groups: Set<String>

    private let dialect: any ConfluenceDialect
    private let ledger: ConfluenceLedger
    private let run: Int64
    private let viewers: Set<Principal>
    private var nodes: [String: Node] = [:]
    private var restrictions: [String: Task<RemoteRestriction?, any Error>] = [:]
    private var parents: [String: Task<RemoteContent?, any Error>] = [:]

    /// Ancestors that are remembered at most.
    private static let nodeLimit = 20_000

    /// - Parameters:
    ///   - viewers: who may view the space; empty when that could not be read.
    ///   - run: the sync whose restrictions count; those of an earlier one are asked for again.
    init(dialect: any ConfluenceDialect, viewers: Set<Principal>, ledger: ConfluenceLedger, run: Int64) {
        self.dialect = dialect
        self.ledger = ledger
        self.run = run
        self.viewers = viewers
        groups = Self.groups(in: viewers)
    }

    /// - Throws: only what stops the whole crawl, such as refused credentials.
    func place(of content: RemoteContent) async throws -> Place {
        var clauses: [Set<Principal>] = [viewers]
        var ancestors: [Ancestor] = []
        var visited: Set<String> = [content.id]
        var isUnreadable = false
        var (id, node) = (content.id, Node(content))
        while true {
            if try await !demand(id, node, &clauses) { isUnreadable = true }
            guard content.kind != .blogPost, let parent = node.parent else { break }
            guard visited.insert(parent.id).inserted else {
                cyclic.insert(content.id)
                break
            }
            guard let above = try await self.node(parent) else {
                isUnreadable = true
                break
            }
            (id, node) = (parent.id, above)
            ancestors.append(Ancestor(id: id, title: node.title))
        }
        // A listing's ancestors come in any order, so the last of them need not be the parent.
        for other in content.ancestorIDs ?? [] where visited.insert(other).inserted {
            let above = try await self.node(RemoteContent.Parent(id: other, type: "page"))
            guard let above, try await demand(other, above, &clauses) else {
                isUnreadable = true
                continue
            }
        }
        if isUnreadable {
            unreadable.insert(content.id)
            clauses.append([])
        }
        return Place(ancestors: ancestors.reversed(), readers: AccessRule(allOf: clauses))
    }

    /// Adds what one content on the way demands of a reader.
    ///
    /// - Returns: whether that could be read.
    private func demand(_ id: String, _ node: Node, _ clauses: inout [Set<Principal>]) async throws -> Bool {
        switch try await restriction(of: id, node) {
        case .inherits?: return true
        case .only(let principals)?:
            clauses.append(principals)
            return true
        case nil: return false
        }
    }

    /// The restriction of one content, or `nil` when it could not be read.
    private func restriction(of id: String, _ node: Node) async throws -> RemoteRestriction? {
        if let known = node.restriction ?? nodes[id]?.restriction {
            note(known)
            return known
        }
        let task =
            restrictions[id]
            ?? Task { [dialect] in
                try await Self.readable(dialect) { try await dialect.restriction(of: id) }
            }
        restrictions[id] = task
        // One that failed stays: what hangs below asks no more.
        guard let found = try await task.value else { return nil }
        restrictions[id] = nil
        nodes[id]?.restriction = found
        try await ledger.setRestriction(found, of: id, run: run)
        note(found)
        return found
    }

    private func node(_ parent: RemoteContent.Parent) async throws -> Node? {
        if let known = nodes[parent.id] { return known }
        var content: RemoteContent?
        if let entry = try await ledger.entry(parent.id), entry.listedRun == run {
            content = entry.content
            if entry.restrictionRun != run { content?.restriction = nil }
        } else {
            // A folder, or a page that the space's listing does not hold.
            let task =
                parents[parent.id]
                ?? Task { [dialect] in
                    try await Self.readable(dialect) { try await dialect.parent(parent) }
                }
            parents[parent.id] = task
            content = try await task.value
        }
        guard let content else { return nil }
        if nodes.count >= Self.nodeLimit { nodes.removeAll(keepingCapacity: true) }
        let node = Node(content)
        nodes[parent.id] = node
        return node
    }

    private func note(_ restriction: RemoteRestriction) {
        if case .only(let principals) = restriction { groups.formUnion(Self.groups(in: principals)) }
    }

    private static func groups(in principals: Set<Principal>) -> Set<String> {
        var groups: Set<String> = []
        for case .group(let name) in principals { groups.insert(name) }
        return groups
    }

    /// The value, or `nil` when this one thing could not be read.
    private static func readable<Value: Sendable>(
        _ dialect: any ConfluenceDialect, _ read: () async throws -> Value
    ) async throws -> Value? {
        do {
            return try await read()
        } catch let error as ConfluenceError where !error.isFatal {
            return nil
        } catch ConfluenceError.unauthorized {
            // One content may answer 401 where the credentials are good for the rest.
            try await dialect.probe()
            return nil
        }
    }
}
