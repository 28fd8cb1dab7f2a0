import FlowService
import Foundation
import JSONValue

/// A run's events as the frames of a workflow's stream: `id:`, where one can go on, and `data:`.
enum WorkflowFrames {
    /// - Parameter isBegun: whether the client has read the beginning before.
    static func follow<Events: AsyncSequence & Sendable>(
        _ progress: Events, _ words: any WorkflowEvents, isBegun: Bool, _ send: EventStream.Send
    ) async -> StreamOutcome where Events.Element == FlowProgress {
        var words = words
        do {
            if !isBegun {
                for told in words.began() { await send(try frame(told)) }
            }
            for try await step in progress {
                let told = words.events(step)
                for (offset, one) in told.enumerated() {
                    // A client that was cut off between two of them reads both again.
                    await send(try frame(one, id: offset == told.count - 1 ? step.position : nil))
                }
            }
            try Task.checkCancellation()
            return .complete
        } catch {
            guard !Task.isCancelled else { return .cancelled }
            let problem = ProblemDetails(error)
            for told in words.failed(problem.detail) {
                if let frame = try? frame(told) { await send(frame) }
            }
            return .failed(problem)
        }
    }

    private static func frame(_ value: JSONValue, id: Int? = nil) throws -> ServerSentEvent {
        let head = id.map { "id: \($0)\n" } ?? ""
        return .raw(Data("\(head)data: ".utf8) + Data(try value.utf8()) + Data("\n\n".utf8))
    }
}
