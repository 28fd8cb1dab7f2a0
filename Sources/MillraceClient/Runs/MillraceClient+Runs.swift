import Foundation

extension MillraceClient {
    /// Runs a flow, and waits for what it makes. The server gives such a run 90 s.
    ///
    /// It is not sent again when the connection is lost, for nobody knows what became of it; use
    /// ``submit(_:idempotencyKey:priority:webhook:)`` where that matters.
    public func run(_ request: RunRequest) async throws -> RunResult {
        try await connection.value(
            RunResult.self, of: Call(.post, "v1", "runs").sending(RunBody(request: request, way: .whole)))
    }

    /// Runs a flow, and tells what happens as it happens.
    ///
    /// The run begins when the first event is wanted. The stream is for one reader; leaving its loop, or cancelling
    /// the reader's task, ends the run, and so does a lost connection: it throws ``MillraceError/streamCutOff`` or
    /// ``MillraceError/connection(_:)`` then. A run that fails tells ``RunEvent/Kind/failed(_:)``.
    public func run(streaming request: RunRequest) -> AsyncThrowingStream<RunEvent, any Error> {
        let reading = RunReading(.begun(request), over: connection)
        return AsyncThrowingStream { try await reading.nextEvent() }
    }

    /// Stores a run, to be carried out whether anybody waits or not.
    ///
    /// - Parameters:
    ///   - request: the flow and what it is given.
    ///   - idempotencyKey: under one key of one caller there is one run, so it may be sent again; a key of its own
    ///     unless told. Keep the key beside what the run is for, and a program that was started again finds it.
    ///   - priority: −100…100; higher ones begin first; 0 unless told.
    ///   - webhook: one of the caller's webhooks that is told of the run's end, by id or address.
    /// - Throws: ``Problem/Kind/keyReused`` when the key stands for another request.
    public func submit(
        _ request: RunRequest, idempotencyKey: String = UUID().uuidString, priority: Int? = nil,
        webhook: String? = nil
    ) async throws -> StoredRun {
        var call = try Call(.post, "v1", "runs")
            .sending(RunBody(request: request, way: .asynchronous(priority: priority, webhook: webhook)))
            .heading("Idempotency-Key", idempotencyKey)
        call.isIdempotent = true
        return try await connection.value(StoredRun.self, of: call)
    }

    /// A stored run, as it stands.
    public func storedRun(_ id: String) async throws -> StoredRun {
        try await connection.value(StoredRun.self, of: Call(.get, "v1", "runs", id))
    }

    /// The caller's stored runs, the newest first.
    ///
    /// - Parameters:
    ///   - flow: a flow's id: only its runs.
    ///   - state: only runs in this state.
    ///   - after: ``RunPage/next`` of the page before.
    ///   - limit: 1…200; 50 unless told.
    public func storedRuns(
        flow: String? = nil, state: StoredRun.State? = nil, after: String? = nil, limit: Int? = nil
    ) async throws -> RunPage {
        let call = Call(.get, "v1", "runs").asking("flow", flow).asking("state", state?.rawValue)
            .asking("after", after).asking("limit", limit)
        return try await connection.value(RunPage.self, of: call)
    }

    /// What a stored run tells, to its last event.
    ///
    /// When the connection is lost, it is taken up behind the last event that was read, within the limits of
    /// ``ClientConfiguration/retries``; each event that arrives begins them anew. Leaving the stream does not end
    /// the run. A run that fails tells ``RunEvent/Kind/failed(_:)``.
    ///
    /// - Parameters:
    ///   - id: the run's.
    ///   - position: the first one that is wanted.
    public func events(
        ofRun id: String, from position: Int = 0
    ) -> AsyncThrowingStream<RunEvent, any Error> {
        let reading = RunReading(.stored(id: id), from: position, over: connection)
        return AsyncThrowingStream { try await reading.nextEvent() }
    }

    /// Waits until a stored run has ended, however it does.
    ///
    /// - Returns: the run, with its result or failure.
    public func wait(forRun id: String) async throws -> StoredRun {
        for try await event in events(ofRun: id) where event.isLast { break }
        return try await storedRun(id)
    }

    /// Ends a stored run: a waiting one at once, a running one when its worker next looks.
    ///
    /// - Returns: the run as it stands.
    @discardableResult
    public func cancelRun(_ id: String) async throws -> StoredRun {
        var call = Call(.post, "v1", "runs", id, "cancel")
        // A run that is asked to end twice ends once.
        call.isIdempotent = true
        return try await connection.value(StoredRun.self, of: call)
    }

    /// Queues a failed or dead run once more, with no attempts and no events behind it.
    ///
    /// - Throws: ``Problem/Kind/wrongState`` for others.
    @discardableResult
    public func retryRun(_ id: String) async throws -> StoredRun {
        try await connection.value(StoredRun.self, of: Call(.post, "v1", "runs", id, "retry"))
    }
}
