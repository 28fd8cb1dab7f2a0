import Foundation

/// Says who carries out which run, and when; what a run is and how it stands, the store alone says.
///
/// Messages come at least once and in any order. One that was received is hidden from others for a while, and comes
/// back unless it is removed.
public protocol JobQueue: Sendable {
    /// The longest that a message may be held back.
    var longestDelay: Duration { get }
    /// Messages of one call, to send and to receive.
    var batch: Int { get }

    /// - Parameter messages: ``batch`` of them at most.
    /// - Returns: the places of those that were not taken, and why. The others are kept by the queue.
    func send(_ messages: [OutgoingJob]) async throws(JobQueueError) -> [Int: String]
    /// Messages that are there, or the first that come within the wait.
    ///
    /// - Parameters:
    ///   - limit: 1 to ``batch``.
    ///   - hidden: how long nobody else is given them.
    func receive(
        _ limit: Int, waiting: Duration, hidden: Duration
    ) async throws(JobQueueError) -> [ReceivedJob]
    /// Hides a message for so long from now; at once given back with zero.
    func hide(_ job: ReceivedJob, for duration: Duration) async throws(JobQueueError)
    /// Ends a message.
    func remove(_ job: ReceivedJob) async throws(JobQueueError)
    /// Tries the queue, and changes nothing in it.
    func inspect() async throws(JobQueueError) -> JobQueueFigures
}

/// A message to send.
public struct OutgoingJob: Sendable, Hashable {
    public var message: RunMessage
    /// Not before this is over it is given to anybody.
    public var delay: Duration
    /// Equal for one message that is sent again, and for no other.
    public var id: String

    public init(_ message: RunMessage, delay: Duration, id: String) {
        self.message = message
        self.delay = delay
        self.id = id
    }
}

/// A message that was received.
public struct ReceivedJob: Sendable, Hashable {
    /// The queue's name of it.
    public var id: String
    /// With this it is hidden or removed; another one each time it is received.
    public var receipt: String
    /// As it came, not yet read: ``RunMessage/init(_:)``.
    public var body: String
    /// How often it was received, this time included.
    public var receiveCount: Int
    /// Which queue gave it.
    public var place: JobQueuePlace

    public init(id: String, receipt: String, body: String, receiveCount: Int, place: JobQueuePlace) {
        self.id = id
        self.receipt = receipt
        self.body = body
        self.receiveCount = receiveCount
        self.place = place
    }
}

/// How a queue stands.
public struct JobQueueFigures: Sendable, Hashable {
    /// The queue and where it is.
    public var place: String
    /// Messages that wait, about.
    public var waiting: Int
    /// Messages that are being worked on, about.
    public var hidden: Int
    /// Where messages go that nobody could work on; `nil` where they stay and come back for ever.
    public var deadLetters: String?

    public init(place: String, waiting: Int, hidden: Int, deadLetters: String?) {
        self.place = place
        self.waiting = waiting
        self.hidden = hidden
        self.deadLetters = deadLetters
    }
}

/// Why a queue of runs cannot be used. Each names the queue, its region and the setting.
public enum JobQueueError: Error, Hashable, Sendable {
    /// There is no such queue.
    ///
    /// - Parameter reason: what the service said, with its id of the request; `nil` where nobody was asked.
    case gone(JobQueuePlace, reason: String? = nil)
    /// The credentials may not do that.
    case denied(JobQueuePlace, action: String, reason: String)
    /// Settings that cannot be used.
    case misconfigured(JobQueuePlace, reason: String)
    /// No answer, or none that says more; the same may succeed later.
    case unavailable(JobQueuePlace, reason: String)
}

/// Which queue, for messages.
public struct JobQueuePlace: Sendable, Hashable, CustomStringConvertible {
    public var queue: String
    public var region: String
    /// The name of the setting that says so.
    public var setting: String

    public init(queue: String, region: String, setting: String) {
        self.queue = queue
        self.region = region
        self.setting = setting
    }

    public var description: String { "the queue \(queue) in \(region)" }
}

extension JobQueueError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .gone(let place, let reason):
            """
            There is no queue \(place.queue) in \(place.region). Make it, or name another one with \(place.setting).\
            \(reason.map { " \($0)" } ?? "")
            """
        case .denied(let place, let action, let reason):
            """
            \(action) is refused for \(place) (\(place.setting)): \(reason) Allow it to the credentials of this \
            process.
            """
        case .misconfigured(let place, let reason):
            "The queue \(place.queue) of \(place.setting) cannot be used in \(place.region): \(reason)."
        case .unavailable(let place, let reason):
            "The queue \(place.queue) in \(place.region) (\(place.setting)) cannot be used now: \(reason)"
        }
    }

    /// Whether somebody must change something first.
    public var needsChange: Bool {
        if case .unavailable = self { false } else { true }
    }
}
