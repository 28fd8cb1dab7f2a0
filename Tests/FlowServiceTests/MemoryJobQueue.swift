import Foundation
import JSONValue
import Synchronization
import Workspace

/// A queue in memory that gives a message to whoever asks until it is removed, by a time that a test sets.
final class MemoryJobQueue: JobQueue {
    struct Message {
        var body: String
        var visibleAt: Date
        var receiveCount = 0
        var receipt = ""
    }

    private struct State {
        var messages: [String: Message] = [:]
        var order: [String] = []
        var failure: JobQueueError?
        var refused: Set<String> = []
        var delays: [Duration] = []
        var sent = 0
        var hangs = false
        var waiting = 0
    }

    private let state = Mutex(State())
    private let time: SetTime
    let batch = 10
    let longestDelay: Duration

    static let place = JobQueuePlace(queue: "memory", region: "here", setting: "runs.sqs_queue_url")

    init(_ time: SetTime, longestDelay: Duration = .seconds(900)) {
        self.time = time
        self.longestDelay = longestDelay
    }

    var count: Int { state.withLock { $0.messages.count } }
    var delays: [Duration] { state.withLock { $0.delays } }
    /// How often something was tried to be sent.
    var sent: Int { state.withLock { $0.sent } }

    /// What everything fails with from now on; `nil` and it works again.
    func fail(_ error: JobQueueError?) { state.withLock { $0.failure = error } }
    /// Leaves whoever wants to receive without an answer from now on, until their task is cancelled.
    func hang() { state.withLock { $0.hangs = true } }
    /// How many wait so.
    var waitingCount: Int { state.withLock { $0.waiting } }
    /// Takes no message of these runs.
    func refuse(_ runs: Set<String>) { state.withLock { $0.refused = runs } }
    func purge() { state.withLock { ($0.messages, $0.order) = ([:], []) } }

    /// Somebody else's message.
    @discardableResult
    func put(_ body: String) -> String {
        let id = UUID().uuidString
        state.withLock { state in
            state.messages[id] = Message(body: body, visibleAt: time.now)
            state.order.append(id)
        }
        return id
    }

    /// How often a message was received; `nil` when it is there no more.
    func receiveCount(_ id: String) -> Int? { state.withLock { $0.messages[id]?.receiveCount } }

    func send(_ messages: [OutgoingJob]) async throws(JobQueueError) -> [Int: String] {
        try check()
        var refusals: [Int: String] = [:]
        for (place, job) in messages.enumerated() {
            if state.withLock({ $0.refused.contains(job.message.run) }) {
                refusals[place] = "no"
                continue
            }
            let body = (try? job.message.json.text()) ?? ""
            let visible = time.now.addingTimeInterval(job.delay / .seconds(1))
            state.withLock { state in
                let id = UUID().uuidString
                state.delays.append(job.delay)
                state.messages[id] = Message(body: body, visibleAt: visible)
                state.order.append(id)
            }
        }
        return refusals
    }

    private func check() throws(JobQueueError) {
        let failure = state.withLock { state in
            state.sent += 1
            return state.failure
        }
        if let failure { throw failure }
    }

    func receive(
        _ limit: Int, waiting: Duration, hidden: Duration
    ) async throws(JobQueueError) -> [ReceivedJob] {
        let end = ContinuousClock.now + waiting
        if state.withLock({ $0.hangs }) {
            state.withLock { $0.waiting += 1 }
            while (try? await Task.sleep(for: .seconds(60))) != nil {}
            state.withLock { $0.waiting -= 1 }
        }
        while true {
            try check()
            let found = take(limit, hidden)
            if !found.isEmpty || ContinuousClock.now >= end || Task.isCancelled { return found }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    private func take(_ limit: Int, _ hidden: Duration) -> [ReceivedJob] {
        let now = time.now
        return state.withLock { state in
            var found: [ReceivedJob] = []
            for id in state.order where found.count < limit {
                guard var message = state.messages[id], message.visibleAt <= now else { continue }
                message.visibleAt = now.addingTimeInterval(hidden / .seconds(1))
                message.receiveCount += 1
                message.receipt = UUID().uuidString
                state.messages[id] = message
                found.append(
                    ReceivedJob(
                        id: id, receipt: message.receipt, body: message.body,
                        receiveCount: message.receiveCount, place: Self.place))
            }
            return found
        }
    }

    func hide(_ job: ReceivedJob, for duration: Duration) async throws(JobQueueError) {
        try check()
        let visible = time.now.addingTimeInterval(duration / .seconds(1))
        state.withLock { state in
            guard state.messages[job.id]?.receipt == job.receipt else { return }
            state.messages[job.id]?.visibleAt = visible
        }
    }

    func remove(_ job: ReceivedJob) async throws(JobQueueError) {
        try check()
        state.withLock { $0.messages[job.id] = nil }
    }

    func inspect() async throws(JobQueueError) -> JobQueueFigures {
        try check()
        return JobQueueFigures(place: "memory", waiting: count, hidden: 0, deadLetters: nil)
    }
}
