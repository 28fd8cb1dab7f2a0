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

    /// A set as a list tells of it.
    struct Listed: Sendable, Hashable {
        /// What there is to tell of its questions.
        struct Counts: Sendable, Hashable {
            var questions: Int
            var answerable: Int
            var kinds: [String: Int]

            init(_ questions: [EvaluationQuestion]) {
                self.questions = questions.count
                answerable = questions.count(where: \.isAnswerable)
                kinds = Dictionary(grouping: questions, by: \.kind).mapValues(\.count)
            }
        }

        var id: String
        var name: String
        var isBuiltIn: Bool
        var createdAt: Date?
        var createdBy: String?
        var counts: Counts

        init(_ set: Opened) {
            self.init(set, Counts(set.questions))
        }

        fileprivate init(_ set: Opened, _ counts: Counts) {
            (id, name, isBuiltIn) = (set.id, set.name, set.isBuiltIn)
            (createdAt, createdBy) = (set.createdAt, set.createdBy)
            self.counts = counts
        }
    }

    let store: any EvaluationStore
    let builtIn: [BuiltInEvaluationSet]
    /// A set never changes: what was read once is read for good.
    private let known = KnownQuestions()

    init(store: any EvaluationStore, builtIn: [BuiltInEvaluationSet]) {
        (self.store, self.builtIn) = (store, builtIn)
    }

    /// Those that come with the server, then the tenant's, newest first. A set's questions are read once, to be counted;
    /// after that a list reads none.
    func all(for tenant: String) async throws -> [Listed] {
        var sets: [Listed] = []
        for set in builtIn { sets.append(Listed(try await open(set))) }
        for set in try await store.evaluationSets(inTenant: tenant) {
            let counts = try await known.counts(set.id) {
                // One that is deleted meanwhile is none to be told of.
                guard let whole = try? await store.evaluationSet(set.id, inTenant: tenant) else { return nil }
                return try await EvaluationJobs.thread.run {
                    Listed.Counts(try EvaluationQuestion.parse(lines: whole.lines))
                }
            }
            guard let counts else { continue }
            let opened = Opened(
                id: set.id, name: set.name, isBuiltIn: false, createdAt: set.createdAt,
                createdBy: set.createdBy, questions: [])
            sets.append(Listed(opened, counts))
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
    private static let countedLimit = 10_000
    private let counted = Mutex<[String: EvaluationSets.Listed.Counts]>([:])

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

    /// What there is to tell of a set, which is kept for far more sets than their questions are.
    ///
    /// - Parameter read: `nil` for a set that is not there.
    func counts(
        _ id: String, _ read: () async throws -> EvaluationSets.Listed.Counts?
    ) async throws -> EvaluationSets.Listed.Counts? {
        if let found = counted.withLock({ $0[id] }) { return found }
        guard let counts = try await read() else { return nil }
        counted.withLock { counted in
            if counted.count >= Self.countedLimit { counted.removeAll(keepingCapacity: true) }
            counted[id] = counts
        }
        return counts
    }

    func forget(_ id: String) {
        known.withLock { $0.removeAll { $0.id == id } }
        counted.withLock { _ = $0.removeValue(forKey: id) }
    }
}
