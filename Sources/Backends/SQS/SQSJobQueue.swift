import AWSServices
import Foundation
import JSONValue
import Transport
import Workspace

/// A `JobQueue` in Amazon SQS, standard or FIFO by its name.
///
/// In a FIFO queue each run is a group of its own, so that runs are begun side by side, and a message that is sent twice
/// within five minutes is one; what is due later is told of when it is due, since FIFO queues hold no single message
/// back.
public struct SQSJobQueue: JobQueue {
    private let sqs: SQS
    private let url: String
    private let place: JobQueuePlace
    private let isFIFO: Bool

    /// The longest that SQS holds a message back.
    public static let longestDelay = Duration.seconds(900)

    /// - Parameters:
    ///   - sqs: in the queue's region.
    ///   - url: as SQS gives it out: `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`.
    ///   - setting: what messages name as the place where `url` is set.
    public init(_ sqs: SQS, url: String, region: String, setting: String) {
        self.sqs = sqs
        self.url = url
        isFIFO = SQSQueueURL.isFIFO(url)
        place = JobQueuePlace(queue: url, region: region, setting: setting)
    }

    public var longestDelay: Duration { isFIFO ? .zero : Self.longestDelay }
    public var batch: Int { 10 }

    public func send(_ messages: [OutgoingJob]) async throws(JobQueueError) -> [Int: String] {
        let outgoing = try messages.map { job throws(JobQueueError) in
            guard let body = try? job.message.json.text() else {
                throw .misconfigured(place, reason: "a message cannot be written")
            }
            var message = SQSOutgoing(body)
            if isFIFO {
                message.groupID = Self.short(job.message.run)
                message.deduplicationID = Self.short(job.id)
            } else {
                message.delaySeconds = min(
                    Int((max(job.delay, .zero) / .seconds(1)).rounded(.up)),
                    Int(Self.longestDelay / .seconds(1)))
            }
            return message
        }
        let failures = try await asking("sqs:SendMessage") { () async throws(AWSError) in
            try await sqs.send(url, outgoing)
        }
        var refusals: [Int: String] = [:]
        for failure in failures { refusals[failure.index] = "\(failure.code): \(failure.message)" }
        return refusals
    }

    /// Ids of groups and of messages have at most 128 characters.
    private static func short(_ id: String) -> String { String(id.suffix(128)) }

    public func receive(
        _ limit: Int, waiting: Duration, hidden: Duration
    ) async throws(JobQueueError) -> [ReceivedJob] {
        let (count, wait) = (min(max(limit, 1), batch), min(max(Self.seconds(waiting), 0), 20))
        return try await asking("sqs:ReceiveMessage") { () async throws(AWSError) in
            try await sqs.receive(
                url, count: count, waitSeconds: wait, visibilitySeconds: Self.visibility(hidden))
        }.map {
            ReceivedJob(
                id: $0.id, receipt: $0.receipt, body: $0.body, receiveCount: $0.receiveCount, place: place)
        }
    }

    public func hide(_ job: ReceivedJob, for duration: Duration) async throws(JobQueueError) {
        try await asking("sqs:ChangeMessageVisibility") { () async throws(AWSError) in
            try await sqs.setVisibility(url, receipt: job.receipt, seconds: Self.visibility(duration))
        }
    }

    public func remove(_ job: ReceivedJob) async throws(JobQueueError) {
        try await asking("sqs:DeleteMessage") { () async throws(AWSError) in
            try await sqs.delete(url, receipt: job.receipt)
        }
    }

    public func inspect() async throws(JobQueueError) -> JobQueueFigures {
        let found = try await asking("sqs:GetQueueAttributes") { () async throws(AWSError) in
            try await sqs.attributes(url)
        }
        func count(_ name: String) -> Int { found[name].flatMap { Int($0) } ?? 0 }
        return JobQueueFigures(
            place: "\(url) in \(place.region)",
            waiting: count("ApproximateNumberOfMessages") + count("ApproximateNumberOfMessagesDelayed"),
            hidden: count("ApproximateNumberOfMessagesNotVisible"), deadLetters: found["RedrivePolicy"])
    }

    /// Seconds, rounded up.
    private static func seconds(_ duration: Duration) -> Int {
        Int((duration / .seconds(1)).rounded(.up).clamped(to: 0...43_200))
    }

    private static func visibility(_ duration: Duration) -> Int { seconds(duration) }

    /// - Parameter action: what the credentials must be allowed.
    private func asking<Value: Sendable>(
        _ action: String, _ work: () async throws(AWSError) -> Value
    ) async throws(JobQueueError) -> Value {
        do {
            return try await work()
        } catch {
            throw Self.told(error, action, place)
        }
    }

    /// What a refusal of AWS's means for the queue.
    static func told(_ error: AWSError, _ action: String, _ place: JobQueuePlace) -> JobQueueError {
        // What says it goes on in a sentence of its own.
        let sentence = String(error.description.dropLast())
        switch error {
        case .refused(let refusal):
            switch refusal.kind {
            case .notFound: return .gone(place, reason: error.description)
            case .accessDenied, .expiredCredentials, .invalidCredentials:
                return .denied(place, action: action, reason: error.description)
            case .wrongRegion:
                return .misconfigured(place, reason: "it is in another region. \(sentence)")
            case .throttled, .clockSkew, .conflict, .keyUnusable, .invalidRequest, .unavailable, .other:
                // SQS says so of the address, too.
                if refusal.code == "InvalidAddress" {
                    return .misconfigured(
                        place, reason: "SQS takes the address for none of a queue. \(sentence)")
                }
                return .unavailable(place, reason: error.description)
            }
        case .missingCredentials, .noCredentials, .credentialsFailed(_, isRetryable: false):
            return .denied(place, action: action, reason: error.description)
        case .noEndpoint, .invalidSettings, .invalidOperation:
            return .misconfigured(place, reason: sentence)
        case .unexpectedResponse, .damagedStream, .damagedObject, .credentialsFailed, .transport:
            return .unavailable(place, reason: error.description)
        }
    }
}

extension Double {
    fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
        isNaN ? range.lowerBound : min(max(self, range.lowerBound), range.upperBound)
    }
}
