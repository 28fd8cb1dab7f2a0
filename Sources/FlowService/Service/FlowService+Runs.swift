import Concurrency
import Corpus
import Flow
import Foundation
import JSONValue
import Workspace

/// A run that is carried out later, or while nobody waits.
public struct FlowSubmission: Sendable {
    public var request: FlowRequest
    /// 0 for ordinary ones; higher ones begin first.
    public var priority: Int
    /// Of the caller's making: a second submission with it and the same request is the first one.
    public var idempotencyKey: String?
    /// The id of a webhook of the caller's that is told of the run's end.
    public var callback: String?

    public init(
        _ request: FlowRequest, priority: Int = 0, idempotencyKey: String? = nil, callback: String? = nil
    ) {
        self.request = request
        self.priority = priority
        self.idempotencyKey = idempotencyKey
        self.callback = callback
    }
}

extension FlowService {
    /// Stores a run that a worker carries out: of this process, or of another one.
    ///
    /// The flow's version is settled here: publishing another one meanwhile changes nothing of the run.
    ///
    /// - Returns: the run as it is stored; one that came before under the same key is given back as it stands.
    /// - Throws: ``FlowServiceError``.
    public func submit(
        _ submission: FlowSubmission, of name: String, as caller: FlowCaller
    ) async throws -> StoredRun {
        try submission.request.check()
        try await checkVersion(submission.request.version, of: name, for: caller.owner)
        let flow = try await runnable(name, submission.request.version, for: caller.owner)
        try flow.check(submission.request.changes)
        var request = submission.request
        if flow.identity.version > 0 { request.version = .number(flow.identity.version) }
        var body: [String: JSONValue] = [
            "request": request.json,
            "principals": .array(caller.reader.principals.sorted().map { .string($0.description) }),
        ]
        // For whom what it uses is counted.
        if !caller.keyID.isEmpty { body["key"] = .string(caller.keyID) }
        let run = StoredRun(
            id: freshID(), owner: caller.owner, flow: flow.identity.id, version: flow.identity.version,
            session: request.session ?? flow.identity.id,
            request: Data(try JSONValue.object(body).text().utf8),
            priority: submission.priority, createdAt: now(), callback: submission.callback)
        // The same request is the same one although a newer version or other groups were found for it since.
        var asked = run
        asked.request = Data(try submission.request.json.text().utf8)
        let digest = asked.requestDigest
        let stored = try await told { () async throws(WorkspaceError) in
            try await store.enqueue(
                run, key: submission.idempotencyKey, digest: digest, atMost: configuration.waitingRuns)
        }
        queued.nudge()
        outgoing.nudge()
        return stored
    }

    public func run(_ id: String, as caller: FlowCaller) async throws -> StoredRun {
        try await told { () async throws(WorkspaceError) in try await store.run(id, for: caller.owner) }
    }

    public func cancel(run id: String, as caller: FlowCaller) async throws -> StoredRun {
        try await told { () async throws(WorkspaceError) in try await store.cancel(id, for: caller.owner) }
    }

    public func requeue(run id: String, as caller: FlowCaller) async throws -> StoredRun {
        let run = try await told { () async throws(WorkspaceError) in
            try await store.requeue(id, for: caller.owner)
        }
        queued.nudge()
        outgoing.nudge()
        return run
    }

    /// The events of a stored run from `position` on, to its last one; a follower who was cut off goes on where it
    /// stopped, in whatever process.
    public func events(
        ofRun id: String, from position: Int = 0, as caller: FlowCaller
    ) async throws -> StoredRunEvents {
        _ = try await run(id, as: caller)
        return StoredRunEvents(
            store: store, run: id, owner: caller.owner, position: position, scope: caller.scope)
    }

    /// A refusal of the store, in the words of this service.
    func told<Value>(
        _ work: () async throws(WorkspaceError) -> Value
    ) async throws(FlowServiceError) -> Value {
        do {
            return try await work()
        } catch {
            throw .workspace(error)
        }
    }
}

/// The events of a stored run, read from the store as they come.
///
/// The store is asked again and again, soon while events come and rarer while none do: whoever carries the run out
/// may be another process.
public struct StoredRunEvents: AsyncSequence, Sendable {
    public typealias Element = FlowProgress

    let store: any WorkspaceStore
    let run: String
    let owner: Owner
    let position: Int
    /// Notes the documents that the run shows something of, before the event that does is given out.
    let scope: ReadScope

    /// Shortest and longest wait between two questions to the store.
    static let waits = (shortest: Duration.milliseconds(20), longest: Duration.milliseconds(500))
    static let page = 256

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let events: StoredRunEvents
        fileprivate var next: Int
        fileprivate var read: [(progress: FlowProgress, documents: [String])] = []
        fileprivate var knowsEarlier = false
        fileprivate var wait = StoredRunEvents.waits.shortest
        fileprivate var isOver = false

        public mutating func next() async throws -> FlowProgress? {
            while true {
                try Task.checkCancellation()
                if !read.isEmpty {
                    let (event, documents) = read.removeFirst()
                    events.scope.shows(documents)
                    next = event.position + 1
                    isOver = event.isLast
                    return event
                }
                if isOver { return nil }
                if !knowsEarlier {
                    try await events.noteEarlier()
                    knowsEarlier = true
                }
                // Whether it has ended is asked first: an end that is seen has its events before it.
                let state = try await events.store.state(of: events.run, for: events.owner)
                let stored = try await events.store.events(
                    of: events.run, for: events.owner, from: next, limit: StoredRunEvents.page)
                read = stored.compactMap { StoredRunEvents.told($0) }
                if !read.isEmpty {
                    wait = StoredRunEvents.waits.shortest
                } else if state.isEnd {
                    isOver = true
                    return try await events.untoldEnd(at: next)
                } else {
                    try await Task.sleep(for: wait)
                    wait = Swift.min(wait * 2, StoredRunEvents.waits.longest)
                }
            }
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(events: self, next: position) }

    private static func told(
        _ stored: StoredRunEvent
    ) -> (progress: FlowProgress, documents: [String])? {
        guard let json = try? JSONValue(parsing: stored.event), let progress = FlowProgress(json: json) else {
            return nil
        }
        return (progress, JournalledDocuments.documents(of: json))
    }

    /// Notes what was shown before the first event that is given out: what follows may be made of it.
    private func noteEarlier() async throws {
        var from = 0
        while from < position {
            let stored = try await store.events(
                of: run, for: owner, from: from, limit: Swift.min(Self.page, position - from))
            guard let last = stored.last else { return }
            for event in stored {
                guard let json = try? JSONValue(parsing: event.event) else { continue }
                scope.shows(JournalledDocuments.documents(of: json))
            }
            from = last.position + 1
        }
    }

    /// The last event of a run that ended without a worker: cancelled while it waited, or given up.
    ///
    /// - Returns: `nil` when the last event was told.
    private func untoldEnd(at next: Int) async throws -> FlowProgress? {
        if next > 0 {
            let before = try await store.events(of: run, for: owner, from: next - 1, limit: 1).first
            let told = before.flatMap { try? JSONValue(parsing: $0.event) }.flatMap { FlowProgress(json: $0) }
            guard told?.isLast == false else { return nil }
        }
        let ended = try await store.run(run, for: owner)
        return FlowProgress(position: next, kind: Self.end(of: ended))
    }

    private static func end(of run: StoredRun) -> FlowProgress.Kind {
        let result = run.result.flatMap { try? JSONValue(parsing: $0) }
        let failure = run.failure.flatMap { try? JSONValue(parsing: $0) }.flatMap { FlowFailure(json: $0) }
        switch run.state {
        case .cancelled: return .cancelled
        case .finished:
            if let response = result.flatMap({ try? FlowResponse(json: $0) }) { return .finished(response) }
        case .queued, .running, .failed, .dead: break
        }
        return .failed(
            failure
                ?? FlowFailure(
                    kind: "internal", reason: "Every worker that began the run was lost.", isRetryable: true))
    }
}

extension RunnableFlow {
    /// - Throws: ``FlowServiceError/invalid(flow:faults:)`` for changes of parameters that do not fit.
    func check(_ changes: [String: [String: JSONValue]]) throws(FlowServiceError) {
        do {
            try plan.check(changes)
        } catch {
            guard case .invalid(_, let faults) = error else { throw .stopped(error) }
            throw .invalid(flow: identity.name, faults: faults)
        }
    }
}
