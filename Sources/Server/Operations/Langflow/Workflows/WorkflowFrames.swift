import FlowService
import Foundation

/// A run's events as the frames of a workflow's stream: `id:`, where one can go on, and `data:`.
enum WorkflowFrames {
    /// - Parameter isBegun: whether the client has read the beginning before.
    static func follow<Events: AsyncSequence & Sendable>(
        _ progress: Events, _ words: any WorkflowEvents, isBegun: Bool, _ send: EventStream.Send
    ) async -> StreamOutcome where Events.Element == FlowProgress {
        var words = words
        return await .of {
            if !isBegun {
                for told in try words.began() { await send(frame(told)) }
            }
            for try await step in progress {
                let told = try words.events(step)
                for (offset, one) in told.enumerated() {
                    // A client that was cut off between two of them reads both again.
                    await send(frame(one, id: offset == told.count - 1 ? step.position : nil))
                }
            }
        } failing: { problem in
            for told in (try? words.failed(problem.detail)) ?? [] { await send(frame(told)) }
        }
    }

    private static func frame(_ json: [UInt8], id: Int? = nil) -> ServerSentEvent {
        let head = id.map { "id: \($0)\n" } ?? ""
        return .raw(Data("\(head)data: ".utf8) + Data(json) + Data("\n\n".utf8))
    }
}
