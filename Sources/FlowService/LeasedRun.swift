import Concurrency
import Corpus
import Flow
import Foundation
import JSONValue
import Logging
import Workspace

/// One attempt at a stored run, under a lease.
struct LeasedRun: Sendable {
    let service: FlowService
    let run: StoredRun
    let holder: LeaseHolder
    /// Whether a run that is cancelled since its worker stops is queued again at once.
    let givesBack: Bool

    private struct Unreadable: Error {}

    /// Events that are written together at most, and how long the first of them waits for the others.
    static let batch = (count: 64, delay: Duration.milliseconds(20))

    /// The id of the API key that the run was stored by; empty for none.
    var keyID: String { (try? JSONValue(parsing: run.request))?["key"]?.string ?? "" }

    func carryOut() async {
        do {
            let call = try await self.call()
            var first = try await firstPosition()
            if first > 0 {
                let progress = FlowProgress(position: first, kind: .restarted(attempt: run.attempts))
                try await service.store.append(try Self.stored([progress]), under: holder.lease)
                first += 1
            }
            try await follow(call, from: first)
        } catch is CancellationError {
            // The worker stops, or the lease is lost. A run that is not given back waits until its lease has ended.
            guard givesBack, !holder.isLost else { return }
            // In a task of its own, since this one is cancelled.
            let (service, lease) = (service, holder.lease)
            await Task { try? await service.store.release(lease, at: service.now()) }.value
        } catch WorkspaceError.leaseLost {
            holder.lose()
        } catch {
            let told = FlowServiceError.told(
                error, flow: run.flow, limit: service.configuration.runTime)
            await fail(told, position: try? await firstPosition())
        }
    }

    /// The run as it was asked for; its caller's rights are what they are now.
    private func call() async throws -> FlowCall {
        let body = try JSONValue(parsing: run.request)
        guard let request = body["request"] else { throw Unreadable() }
        let principals = body["principals"]?.array?.compactMap { $0.string.flatMap { Principal($0) } } ?? []
        let reader = Reader(principals)
        let caller = FlowCaller(
            owner: run.owner, reader: reader, scope: service.scopes.scope(for: reader), requestID: run.id,
            timeLimit: service.configuration.runTime)
        let decoded = try FlowRequest(json: request)
        let flow = try await service.runnable(run.flow, decoded.version, for: run.owner)
        return FlowCall(service: service, flow: flow, request: decoded, caller: caller, runID: run.id)
    }

    /// Behind what earlier attempts have told.
    private func firstPosition() async throws -> Int {
        var position = 0
        while case let page = try await service.store.events(
            of: run.id, for: run.owner, from: position, limit: 1_000), let last = page.last
        {
            position = last.position + 1
        }
        return position
    }

    private func follow(_ call: FlowCall, from first: Int) async throws {
        let (run, events) = try call.flow.plan.start(
            changing: call.request.changes, in: try await call.context(time: service.configuration.runTime))
        holder.onCancel { run.cancel() }
        // However this ends, nothing of the run goes on behind it.
        defer { run.cancel() }
        var position = first
        let shown = JournalledDocuments(call.caller.scope)
        try await withTaskCancellationHandler {
            var pending: [FlowProgress] = []
            var due = ContinuousClock.now
            for try await event in events where !event.isLast {
                if pending.isEmpty { due = .now + Self.batch.delay }
                pending.append(FlowProgress(position: position, kind: call.flow.progress(event)))
                position += 1
                if pending.count >= Self.batch.count || ContinuousClock.now >= due || event.isTelling {
                    try await write(pending, shown)
                    pending = []
                }
            }
            try await write(pending, shown)
        } onCancel: {
            run.cancel()
        }
        do {
            let outcome = try await run.outcome()
            let response = call.flow.response(
                outcome, runID: self.run.id, session: call.session, input: call.request.message)
            let last = FlowProgress(position: position, kind: .finished(response))
            try await service.store.end(
                holder.lease, .finished, result: Data(try response.json.utf8()), failure: nil,
                messages: call.messages(response), events: try shown.stored([last]), at: service.now())
        } catch WorkspaceError.leaseLost {
            throw WorkspaceError.leaseLost(run: self.run.id)
        } catch  where holder.isCancelRequested {
            // Whatever a step made of its cancellation: somebody asked for the end.
            let last = FlowProgress(position: position, kind: .cancelled)
            try await service.store.end(
                holder.lease, .cancelled, result: nil, failure: nil, messages: [],
                events: try Self.stored([last]), at: service.now())
        } catch  where Task.isCancelled {
            throw CancellationError()
        } catch {
            let told = call.told(error, limit: service.configuration.runTime)
            await fail(told, position: position)
        }
    }

    private func write(_ events: [FlowProgress], _ shown: JournalledDocuments) async throws {
        guard !events.isEmpty else { return }
        try await service.store.append(try shown.stored(events), under: holder.lease)
    }

    private static func stored(_ events: [FlowProgress]) throws -> [StoredRunEvent] {
        try events.map { StoredRunEvent(position: $0.position, event: Data(try $0.json.utf8())) }
    }

    /// Ends the run as failed, or gives it back when trying again may help.
    private func fail(_ error: any Error, position: Int?) async {
        let failure = FlowFailure(error)
        RequestTrace.current?.fail(error)
        if FlowFailure.isInside(error) {
            service.logger.error(
                "a run failed", metadata: ["millrace.run": "\(run.id)", "millrace.reason": "\(error)"])
        }
        let document = Data(((try? failure.json.text()) ?? "{}").utf8)
        do {
            if failure.isRetryable, run.attempts < service.configuration.attempts {
                let now = service.now()
                let pause = RunBackoff().delay(after: run.attempts) / .seconds(1)
                try await service.store.retry(
                    holder.lease, at: now, due: now.addingTimeInterval(pause), failure: document,
                    attempts: service.configuration.attempts)
            } else {
                let last = position.map { FlowProgress(position: $0, kind: .failed(failure)) }
                try await service.store.end(
                    holder.lease, failure.isRetryable ? .dead : .failed, result: nil, failure: document,
                    messages: [], events: try Self.stored([last].compactMap(\.self)), at: service.now())
            }
        } catch {
            service.logger.warning(
                "a run's failure could not be kept",
                metadata: ["millrace.run": "\(run.id)", "millrace.reason": "\(error)"])
        }
    }
}

extension RunEvent {
    /// Whether somebody who follows the run waits for it.
    fileprivate var isTelling: Bool {
        switch kind {
        case .emitted, .stepBegan: true
        default: false
        }
    }
}
