import Concurrency
import Foundation
import Models
import TestSupport
import Transport

/// Answers word for word, for what no server of the double's kind says.
struct OpenAIReplay {
    static let key = "sk-test-planted-4f1c"
    static let base = "https://models.example/v1"

    struct NoAddress: Error {}

    let client: ReplayHTTPClient
    let endpoint: OpenAIEndpoint

    struct Answer: Sendable {
        var status = 200
        var headers: [(name: String, value: String)] = []
        var body: String

        init(_ body: String, status: Int = 200, headers: [(name: String, value: String)] = []) {
            self.body = body
            self.status = status
            self.headers = headers
        }

        /// Each text as the data of an event.
        static func events(_ data: String...) -> Answer {
            Answer(
                data.map { "data: \($0)\n\n" }.joined(), headers: [("Content-Type", "text/event-stream")])
        }
    }

    /// - Parameter attempts: how often a call may be sent.
    init(
        _ path: String, _ answers: [Answer], attempts: Int = 1, clock: any Clock<Duration> = ManualClock(),
        key: @escaping OpenAIEndpoint.Key = { OpenAIReplay.key },
        headers: [(name: String, value: String)] = []
    ) throws {
        guard let base = URL(string: Self.base) else { throw NoAddress() }
        client = ReplayHTTPClient(
            answers.map { answer in
                .init(
                    method: "POST", url: "\(Self.base)/\(path)", status: answer.status,
                    headers: answer.headers,
                    body: Data(answer.body.utf8))
            })
        var policy = OpenAIEndpoint.retries
        policy.maxAttempts = attempts
        endpoint = OpenAIEndpoint(
            base, http: client, key: key, headers: headers, policy: policy, clock: clock)
    }
}

extension PulledSequence<GenerationEvent> {
    @discardableResult
    func collected() async throws -> [GenerationEvent] {
        var events: [GenerationEvent] = []
        for try await event in self { events.append(event) }
        return events
    }
}

extension [GenerationEvent] {
    var text: String { map { if case .text(let text) = $0 { text } else { "" } }.joined() }
    var calls: [ToolCall] { compactMap { if case .toolCall(let call) = $0 { call } else { nil } } }
    var thoughts: [String] {
        compactMap { if case .reasoning(let thought) = $0 { thought.text } else { nil } }
    }
    var usage: TokenUsage? { compactMap { if case .usage(let usage) = $0 { usage } else { nil } }.first }
}

extension OpenAIError {
    /// The case's name, with tokens and limit where it is about those.
    var kind: String {
        switch self {
        case .unauthorized: "unauthorized"
        case .denied: "denied"
        case .modelNotFound: "modelNotFound"
        case .pathNotFound: "pathNotFound"
        case .contextTooLong(_, let length):
            "contextTooLong \(length.tokens.map(String.init) ?? "-")/\(length.limit.map(String.init) ?? "-")"
        case .rateLimited: "rateLimited"
        case .quotaExceeded: "quotaExceeded"
        case .invalidRequest: "invalidRequest"
        case .filtered: "filtered"
        case .unavailable: "unavailable"
        case .unexpectedResponse: "unexpectedResponse"
        case .brokenStream: "brokenStream"
        case .noKey: "noKey"
        case .transport: "transport"
        }
    }

    /// What it is shown as, and all that it holds.
    var everything: String {
        var text = "\(self)\n"
        dump(self, to: &text)
        return text
    }
}
