import Foundation
import Workspace

/// Tries the queue of runs that the settings name, and changes nothing in it.
struct QueueDiagnosis: Sendable {
    private static let part = "queue of runs"

    let services: Services

    func finding() async -> Finding {
        do {
            guard let queueing = try services.runQueueing() else { return .fine(Self.part, "the database") }
            let found = try await queueing.queue.inspect()
            let messages = "\(found.waiting) messages wait, \(found.hidden) are worked on"
            guard found.deadLetters != nil else {
                return .fine(
                    Self.part,
                    "\(found.place): \(messages); without a redrive policy, messages that nobody can work on come back until they expire"
                )
            }
            return .fine(Self.part, "\(found.place): \(messages)")
        } catch {
            return .fails(Self.part, "\(error)")
        }
    }
}
