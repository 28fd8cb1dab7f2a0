import Foundation
import HTTPTypes
import JSONValue
import Synchronization

/// How much room the disk of the data folder has, and whether that is enough to write.
///
/// A full disk ends nothing: what only reads goes on, and what would write is refused before it begins, until there is
/// room again. It is looked at every few seconds, and as soon as a write fails for want of it.
public final class DiskSpace: Sendable {
    /// Room that there must be; what is under way needs some to come to its end.
    public static let standardReserveBytes = 64 << 20
    /// Beyond the reserve, before writing begins again: else it would begin and end with every file.
    private static let slackBytes = 64 << 20
    private static let pause = Duration.seconds(5)

    private struct State {
        var isFull = false
        var freeBytes: Int?
    }

    private let free: @Sendable () -> Int?
    private let reserveBytes: Int
    private let state = Mutex(State())

    /// - Parameter folder: where everything is kept.
    public convenience init(of folder: URL, reserveBytes: Int = standardReserveBytes) {
        let path = folder.path
        self.init(reserveBytes: reserveBytes) {
            let facts = try? FileManager.default.attributesOfFileSystem(forPath: path)
            return (facts?[.systemFreeSize] as? NSNumber)?.intValue
        }
    }

    /// - Parameter free: bytes that are free; `nil` when that cannot be told, and then nothing is refused.
    init(reserveBytes: Int, free: @escaping @Sendable () -> Int?) {
        self.free = free
        self.reserveBytes = reserveBytes
        look()
    }

    public var isFull: Bool { state.withLock(\.isFull) }
    var freeBytes: Int? { state.withLock(\.freeBytes) }

    /// Looks now.
    func look() {
        let found = free()
        state.withLock { state in
            state.freeBytes = found
            guard let found else {
                state.isFull = false
                return
            }
            state.isFull = found < reserveBytes + (state.isFull ? Self.slackBytes : 0)
        }
    }

    /// Looks again and again until the task is cancelled. Asking a file system waits for no disk.
    public func run() async {
        while (try? await Task.sleep(for: Self.pause)) != nil { look() }
    }
}

extension MetricsSource {
    /// How much room there is to write.
    static func disk(_ disk: DiskSpace) -> MetricsSource {
        MetricsSource("disk") {
            [
                MetricFamily(
                    name: "millrace_disk_free_bytes",
                    help: "Free bytes of the disk that holds the data folder",
                    kind: .gauge,
                    samples: disk.freeBytes.map { [MetricFamily.Sample(labels: [], value: Double($0))] } ?? []
                ),
                MetricFamily(
                    name: "millrace_read_only", help: "Whether writes are refused because the disk is full",
                    kind: .gauge,
                    samples: [MetricFamily.Sample(labels: [], value: disk.isFull ? 1 : 0)]),
            ]
        }
    }
}

extension Operation {
    /// Operations that post and yet write nothing that anybody would miss.
    private static let reading: Set<String> = [
        "ask", "search", "mcp", "openAIChatCompletion", "openAIResponse", "openAIEmbeddings", "testSource",
        "checkFlow", "queryCollection", "scrollCollection", "countPoints", "getPoints", "runFlow", "signOut",
    ]

    /// Whether it is refused while nothing can be written. What deletes makes room.
    var needsRoom: Bool {
        method != .get && method != .head && method != .delete && !Self.reading.contains(id)
    }

    /// Whether this request of an operation that may do without room needs some: a response that is to be kept.
    func needsRoom(for request: APIRequest) -> Bool {
        guard id == "openAIResponse" else { return false }
        guard let body = try? JSONValue(parsing: request.body) else { return false }
        return OpenAIResponseRequest.isKept(body)
    }
}
