import Concurrency
import Foundation
import JSONValue
import Workspace

/// Endpoints that are topics: what is posted to others is published there, from the same outbox and as often.
extension NotificationSender {
    /// The longest that an attempt takes, with the retries of the client that publishes.
    static let publicationLimit = Duration.seconds(30)

    func publication(of delivery: WebhookDelivery, to address: String) async throws -> WebhookOutcome {
        guard let topics else {
            return .failed(status: nil, error: "this server publishes to no topics")
        }
        do {
            // The settings may be others than when it was made.
            let topic = try transport.topic(address)
            try await withDeadline(Self.publicationLimit) {
                try await topics.publish(
                    delivery.body, id: delivery.id, attributes: Self.attributes(of: delivery), to: topic)
            }
            return .delivered(status: 200)
        } catch let error as WebhookAddressRefused {
            return .failed(status: nil, error: "the address \(error.reason)")
        } catch let error as TopicRefusal {
            return error.isFinal
                ? .failed(status: nil, error: error.reason)
                : postponed(delivery, status: nil, error.reason)
        } catch {
            try Task.checkCancellation()
            return postponed(
                delivery, status: nil,
                error is DeadlineExceeded
                    ? "SNS did not answer within \(Self.publicationLimit / .seconds(1)) s"
                    : "the message could not be sent to SNS")
        }
    }

    /// What subscribers of a topic filter by: `event`, `webhook_id`, and of a run `run`, `flow` and `state`, of a job
    /// `job`, `source` and `state`.
    static func attributes(of delivery: WebhookDelivery) -> [String: String] {
        var attributes = ["event": delivery.event.rawValue, "webhook_id": delivery.id]
        let data = (try? JSONValue(parsing: delivery.body))?["data"]
        if let run = data?["run"] {
            attributes["run"] = run["id"]?.string
            attributes["flow"] = run["flow"]?.string
            attributes["state"] = run["state"]?.string
        } else if let job = data?["job"] {
            attributes["job"] = job["id"]?.string
            attributes["source"] = job["source"]?["id"]?.string
            attributes["state"] = job["state"]?.string
        }
        return attributes
    }
}
