import Workspace

extension WorkspaceError {
    static func noFlow(_ id: String) -> WorkspaceError { .notFound(kind: "flow", id: id) }
    static func noVersion(_ number: Int, of flow: String) -> WorkspaceError {
        .notFound(kind: "version", id: "\(flow.prefix(200)), \(number)")
    }
    static func noProject(_ id: String) -> WorkspaceError { .notFound(kind: "project", id: id) }
    static func noConversation(_ session: String) -> WorkspaceError {
        .notFound(kind: "conversation", id: session)
    }
    static func noMessage(_ id: String) -> WorkspaceError { .notFound(kind: "message", id: id) }
    static func noRun(_ id: String) -> WorkspaceError { .notFound(kind: "run", id: id) }
    static func noFile(_ id: String) -> WorkspaceError { .notFound(kind: "file", id: id) }
    static func noVariable(_ id: String) -> WorkspaceError { .notFound(kind: "variable", id: id) }
    static func noFeedback(_ id: String) -> WorkspaceError { .notFound(kind: "feedback", id: id) }
    static func noSource(_ id: String) -> WorkspaceError { .notFound(kind: "source", id: id) }
    static func noEvaluationSet(_ id: String) -> WorkspaceError {
        .notFound(kind: "evaluation set", id: id)
    }
    static func noEvaluationRun(_ id: String) -> WorkspaceError {
        .notFound(kind: "evaluation run", id: id)
    }
}
