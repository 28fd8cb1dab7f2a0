import Concurrency
import Foundation
import QA
import Synchronization
import Workspace

/// A set of questions that comes with the server, in a file.
public struct BuiltInEvaluationSet: Sendable, Hashable {
    public var id: String
    public var name: String
    public var file: URL

    public init(id: String, name: String, file: URL) {
        self.id = id
        self.name = name
        self.file = file
    }
}

/// The sets of questions that a tenant may ask: those that come with the server, and its own.
struct EvaluationSets: Sendable {
    /// A set with its questions.
    struct Opened: Sendable {
        var id: String
        var name: String
        var isBuiltIn: Bool
        var createdAt: Date?
        var createdBy: String?
        var questions: [EvaluationQuestion]
    }

    let store: any EvaluationStore
    let builtIn: [BuiltInEvaluationSet]
    /// A set never changes: what was read once is read for good.
    private let known = KnownQuestions()

    init(store: any EvaluationStore, builtIn: [BuiltInEvaluationSet]) {
        (self.store, self.builtIn) = (store, builtIn)
    }

    func all(for tenant: String) async throws -> [Opened] {
        var sets: [Opened] = []
        for set in builtIn { sets.append(try await open(set)) }
        for set in try await store.evaluationSets(inTenant: tenant) {
            sets.append(try await open(set))
        }
        return sets
    }

    /// - Throws: ``WorkspaceError/notFound(kind:id:)``.
    func set(_ id: String, for tenant: String) async throws -> Opened {
        if let set = builtIn.first(where: { $0.id == id }) { return try await open(set) }
        return try await open(try await store.evaluationSet(id, inTenant: tenant))
    }

    /// - Throws: ``EvaluationFault/builtInSet(id:)``, ``WorkspaceError/notFound(kind:id:)``.
    func delete(_ id: String, for tenant: String) async throws {
        guard !builtIn.contains(where: { $0.id == id }) else { throw EvaluationFault.builtInSet(id: id) }
        try await store.delete(evaluationSet: id, inTenant: tenant)
        known.forget(id)
    }

    private func open(_ set: BuiltInEvaluationSet) async throws -> Opened {
        let questions = try await known.questions(set.id) { try EvaluationQuestion.load(set.file) }
        return Opened(id: set.id, name: set.name, isBuiltIn: true, questions: questions)
    }

    func open(_ set: StoredEvaluationSet) async throws -> Opened {
        let questions = try await known.questions(set.id) { try EvaluationQuestion.parse(lines: set.lines) }
        return Opened(
            id: set.id, name: set.name, isBuiltIn: false, createdAt: set.createdAt, createdBy: set.createdBy,
            questions: questions)
    }
}

/// Questions of sets that were read lately.
private final class KnownQuestions: Sendable {
    private static let limit = 64
    private let known = Mutex<[(id: String, questions: [EvaluationQuestion])]>([])

    func questions(
        _ id: String, _ read: @escaping @Sendable () throws -> [EvaluationQuestion]
    ) async throws -> [EvaluationQuestion] {
        if let found = known.withLock({ $0.first { $0.id == id }?.questions }) { return found }
        let questions = try await EvaluationJobs.thread.run(read)
        known.withLock { known in
            known.removeAll { $0.id == id }
            known.append((id, questions))
            if known.count > Self.limit { known.removeFirst() }
        }
        return questions
    }

    func forget(_ id: String) { known.withLock { $0.removeAll { $0.id == id } } }
}
