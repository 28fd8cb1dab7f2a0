import Corpus

/// Works out who may read each content of one space: the space's viewers, the content's own restriction and
/// that of *every* ancestor. What could not be read closes the page to all; it never opens it.
actor ConfluencePermissions {
    /// Where a content stands and who may read it.
    struct Place: Sendable {
        /// From the root down to the parent.
        var ancestors: [Ancestor]
        var readers: AccessRule
    }

    /// Contents whose restrictions, or whose ancestors', could not be read.
    private(set) var unreadableIDs: Set<String> = []
    /// Contents whose way to the root runs in a circle.
    private(set) var cyclicIDs: Set<String> = []

    private let dialect: any ConfluenceDialect
    private let viewers: Set<Principal>
    private var contents: [String: RemoteContent]
    private var restrictions: [String: Task<RemoteRestriction, any Error>] = [:]
    private var parents: [String: Task<RemoteContent, any Error>] = [:]

    /// - Parameter viewers: who may view the space; empty when that could not be read.
    init(dialect: any ConfluenceDialect, viewers: Set<Principal>, contents: [RemoteContent]) {
        self.dialect = dialect
        self.viewers = viewers
        self.contents = Dictionary(contents.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// - Throws: only what stops the whole crawl, such as refused credentials.
    func place(of content: RemoteContent) async throws -> Place {
        var clauses: [Set<Principal>] = [viewers]
        var ancestors: [Ancestor] = []
        var visited: Set<String> = [content.id]
        var next: RemoteContent? = content
        while let here = next {
            switch try await readable({ try await self.restriction(of: here) }) {
            case .inherits?: break
            case .only(let principals)?: clauses.append(principals)
            case nil:
                unreadableIDs.insert(content.id)
                clauses.append([])
            }
            guard content.kind != .blogPost, let parent = here.parent else { break }
            guard visited.insert(parent.id).inserted else {
                cyclicIDs.insert(content.id)
                break
            }
            next = try await readable { try await self.content(parent) }
            if let ancestor = next {
                ancestors.append(Ancestor(id: ancestor.id, title: ancestor.title))
            } else {
                unreadableIDs.insert(content.id)
                clauses.append([])
            }
        }
        return Place(ancestors: ancestors.reversed(), readers: AccessRule(allOf: clauses))
    }

    private func restriction(of content: RemoteContent) async throws -> RemoteRestriction {
        if let known = content.restriction { return known }
        let task =
            restrictions[content.id] ?? Task { [dialect] in try await dialect.restriction(of: content.id) }
        restrictions[content.id] = task
        return try await task.value
    }

    private func content(_ parent: RemoteContent.Parent) async throws -> RemoteContent {
        if let known = contents[parent.id] { return known }
        let task = parents[parent.id] ?? Task { [dialect] in try await dialect.parent(parent) }
        parents[parent.id] = task
        let content = try await task.value
        contents[parent.id] = content
        return content
    }

    /// The value, or `nil` when this one thing could not be read.
    private func readable<Value: Sendable>(_ read: () async throws -> Value) async throws -> Value? {
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
