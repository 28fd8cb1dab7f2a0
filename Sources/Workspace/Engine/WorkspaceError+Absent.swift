/// What engines say of something that is not there, or is another owner's.
extension WorkspaceError {
    package static func noFlow(_ id: String) -> WorkspaceError { .notFound(kind: "flow", id: id) }
    package static func noVersion(_ number: Int, of flow: String) -> WorkspaceError {
        .notFound(kind: "version", id: "\(flow.prefix(200)), \(number)")
    }
    package static func noProject(_ id: String) -> WorkspaceError { .notFound(kind: "project", id: id) }
    package static func noConversation(_ session: String) -> WorkspaceError {
        .notFound(kind: "conversation", id: session)
    }
    package static func noMessage(_ id: String) -> WorkspaceError { .notFound(kind: "message", id: id) }
    package static func noRun(_ id: String) -> WorkspaceError { .notFound(kind: "run", id: id) }
    package static func noFile(_ id: String) -> WorkspaceError { .notFound(kind: "file", id: id) }
    package static func noVariable(_ id: String) -> WorkspaceError { .notFound(kind: "variable", id: id) }
    package static func noFeedback(_ id: String) -> WorkspaceError { .notFound(kind: "feedback", id: id) }
    package static func noSource(_ id: String) -> WorkspaceError { .notFound(kind: "source", id: id) }
    package static func noEvaluationSet(_ id: String) -> WorkspaceError {
        .notFound(kind: "evaluation set", id: id)
    }
    package static func noEvaluationRun(_ id: String) -> WorkspaceError {
        .notFound(kind: "evaluation run", id: id)
    }
}
