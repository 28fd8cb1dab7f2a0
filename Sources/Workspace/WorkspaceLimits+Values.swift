import Foundation

extension StoredFlow {
    /// Refuses names and sizes that no store keeps.
    public func check() throws(WorkspaceError) {
        try owner.check()
        try WorkspaceLimits.check(id, as: "flow")
        try WorkspaceLimits.check(name, as: "flow")
        try WorkspaceLimits.check(
            description.utf8.count, of: "description", limit: WorkspaceLimits.textBytes)
        try WorkspaceLimits.check(
            tags.reduce(0) { $0 + $1.utf8.count + 1 }, of: "list of tags", limit: WorkspaceLimits.textBytes)
        if let project { try WorkspaceLimits.check(project, as: "project") }
        if let endpoint { try Self.check(endpoint: endpoint) }
    }

    /// An endpoint stands in addresses, and never looks like an id: whoever took the id of a deleted flow for an
    /// endpoint would answer its callers.
    private static func check(endpoint: String) throws(WorkspaceError) {
        try WorkspaceLimits.check(endpoint, as: "endpoint")
        let isPlain = endpoint.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isPlain else {
            throw .invalidName(
                kind: "endpoint", name: endpoint, reason: "it has letters, digits, “-”, “_” and “.” alone")
        }
        guard UUID(uuidString: endpoint) == nil else {
            throw .invalidName(kind: "endpoint", name: endpoint, reason: "it looks like a flow's id")
        }
    }
}

extension FlowVersion {
    /// Refuses sizes that no store keeps.
    public func check() throws(WorkspaceError) {
        try WorkspaceLimits.check(flow, as: "flow")
        try WorkspaceLimits.check(note.utf8.count, of: "note", limit: WorkspaceLimits.textBytes)
        for document in [definition, origin ?? Data()] {
            try WorkspaceLimits.check(document.count, of: "flow", limit: WorkspaceLimits.documentBytes)
        }
    }
}

extension Project {
    /// Refuses names and sizes that no store keeps.
    public func check() throws(WorkspaceError) {
        try WorkspaceLimits.check(id, as: "project")
        try WorkspaceLimits.check(name, as: "project")
        try WorkspaceLimits.check(
            description.utf8.count, of: "description", limit: WorkspaceLimits.textBytes)
    }
}

extension ConversationKey {
    /// Refuses names that two conversations could be taken for.
    public func check() throws(WorkspaceError) {
        try owner.check()
        try WorkspaceLimits.check(flow, as: "flow")
        try WorkspaceLimits.check(session, as: "session")
    }
}

extension StoredMessage {
    /// Refuses names and sizes that no store keeps.
    public func check() throws(WorkspaceError) {
        try key.check()
        try WorkspaceLimits.check(id, as: "message")
        try WorkspaceLimits.check(role, as: "role")
        let (count, isTooLarge) = text.utf8.count.addingReportingOverflow(details.count + sender.utf8.count)
        try WorkspaceLimits.check(
            isTooLarge ? .max : count, of: "message", limit: WorkspaceLimits.messageBytes)
    }
}

extension StoredRun {
    /// Refuses names and sizes that no store keeps.
    public func check() throws(WorkspaceError) {
        try owner.check()
        try WorkspaceLimits.check(id, as: "run")
        try WorkspaceLimits.check(flow, as: "flow")
        try WorkspaceLimits.check(session, as: "session")
        if let callback { try WorkspaceLimits.check(callback, as: "callback") }
        try WorkspaceLimits.check(request.count, of: "request", limit: WorkspaceLimits.documentBytes)
    }
}

extension StoredFile {
    /// Refuses names that no store keeps.
    public func check() throws(WorkspaceError) {
        try owner.check()
        try WorkspaceLimits.check(id, as: "file")
        try WorkspaceLimits.check(name, as: "file")
        try WorkspaceLimits.check(mediaType, as: "media type")
        try WorkspaceLimits.check(digest, as: "digest")
        if let flow { try WorkspaceLimits.check(flow, as: "flow") }
    }
}

extension StoredVariable {
    /// Refuses names and sizes that no store keeps, and a secret in clear.
    public func check() throws(WorkspaceError) {
        try owner.check()
        try WorkspaceLimits.check(id, as: "variable")
        try WorkspaceLimits.check(name, as: "variable")
        try WorkspaceLimits.check(value.count, of: "variable", limit: WorkspaceLimits.variableBytes)
        try WorkspaceLimits.check(
            defaultFields.reduce(0) { $0 + $1.utf8.count + 1 }, of: "list of fields",
            limit: WorkspaceLimits.textBytes)
        guard !isSecret || VariableSeal.isSealed(value) else { throw .unsealed(variable: name) }
    }
}
