import AWSServices
import Foundation
import JSONValue
import Synchronization
import Transport
import Workspace

/// Publishes webhooks' messages to topics of Amazon SNS, each in its topic's region.
///
/// What a run made is left out of a message that would be larger than SNS takes; `result_left_out` says so.
public final class SNSTopics: MessageTopics {
    private let makeAccount: @Sendable (_ region: String) async throws -> AWSAccount
    private let known = Mutex<AWSAccount?>(nil)

    /// - Parameter account: asked for with the first message, and again until there is one: keys may take their time to be
    ///   found.
    public init(_ account: @escaping @Sendable (_ region: String) async throws -> AWSAccount) {
        makeAccount = account
    }

    private func account(_ region: String) async throws -> AWSAccount {
        if let account = known.withLock({ $0 }) { return account.elsewhere(region) }
        let account = try await makeAccount(region)
        known.withLock { $0 = account }
        return account
    }

    public func publish(
        _ body: Data, id: String, attributes: [String: String], to topic: TopicARN
    ) async throws {
        let kept = attributes.filter { !$0.value.isEmpty }
        // They count as the body does: names, types and values.
        let besides = kept.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 8 }
        guard let text = Self.fitting(body, limit: SNS.limitBytes - besides) else {
            throw TopicRefusal(
                reason: "the message has more than the \(SNS.limitBytes) bytes that SNS takes", isFinal: true)
        }
        var message = SNS.Message(text)
        message.attributes = kept.mapValues { .string($0) }
        if topic.isFIFO {
            message.groupID = String((kept["run"] ?? id).prefix(128))
            message.deduplicationID = String(id.prefix(128))
        }
        do {
            try await SNS(try await account(topic.region)).publish(topic.text, message)
        } catch let error as AWSError {
            try Task.checkCancellation()
            throw Self.told(error)
        }
    }

    /// - Returns: `nil` for a message that is too large without a result.
    static func fitting(_ body: Data, limit: Int) -> String? {
        if body.count <= limit { return String(decoding: body, as: UTF8.self) }
        guard var json = (try? JSONValue(parsing: body))?.object, var data = json["data"]?.object,
            var run = data["run"]?.object, run.removeValue(forKey: "result") != nil
        else { return nil }
        run["result_left_out"] = true
        data["run"] = .object(run)
        json["data"] = .object(data)
        guard let text = try? JSONValue.object(json).text(), text.utf8.count <= limit else { return nil }
        return text
    }

    /// In a few words for the topic's owner, who is not always the one whose keys these are.
    static func told(_ error: AWSError) -> TopicRefusal {
        let (reason, isFinal) =
            switch error.kind {
            case .notFound: ("there is no such topic", false)
            case .accessDenied where error.code?.hasPrefix("KMS") == true:
                ("this server may not use the topic's KMS key (kms:GenerateDataKey, kms:Decrypt)", false)
            case .accessDenied: ("this server may not publish to the topic (sns:Publish)", false)
            case .expiredCredentials, .invalidCredentials, .clockSkew:
                ("AWS refuses this server's credentials", false)
            case .throttled, .unavailable: ("SNS did not take the message for now", false)
            case .invalidRequest: ("SNS refuses the message (\(error.code ?? "invalid"))", true)
            case .keyUnusable: ("the topic's KMS key cannot be used for now", false)
            case .wrongRegion: ("the topic is in another region than its ARN says", true)
            case .conflict, .other: ("SNS refuses the message (\(error.code ?? "unknown"))", false)
            case nil:
                switch error {
                case .transport: ("SNS was not reached", false)
                case .noEndpoint: ("there is no SNS in the topic's region", true)
                default: ("the message could not be sent to SNS", false)
                }
            }
        return TopicRefusal(reason: reason, isFinal: isFinal)
    }
}
