import Concurrency
import Corpus
import Foundation
import HTTPTypes
import Logging
import Synchronization
import Workspace

/// Bodies that come in several requests, because a connection was lost or a client sends them so.
///
/// The protocol is that of draft-ietf-httpbis-resumable-upload. The bytes that came lie in a folder, or where all
/// processes see them and any may go on, until all are there; then the operation that they are for reads them as one body. One request at a time appends to an upload. Who
/// asks with `HEAD` how far it is, or deletes it, ends the request that appends: its client has lost the connection, or
/// it would not ask.
public final class ResumableUploads: Sendable {
    /// How much may be unfinished.
    public struct Limits: Sendable, Hashable {
        /// For which an upload is kept after the last of it came, and its outcome after the end.
        public var kept = Duration.seconds(86_400)
        /// Uploads of one owner.
        public var perOwner = 16
        /// Uploads of everybody.
        public var inAll = 1_024
        /// Uploads of one owner that have ended, and whose outcome is kept.
        public var ended = 64
        /// Bytes of one owner's uploads together, with those that are still to come as far as that was said.
        public var bytesPerOwner: Int

        public init(bytesPerOwner: Int) {
            self.bytesPerOwner = bytesPerOwner
        }
    }

    private struct Live {
        var task: Task<APIResponse, any Error>
        /// Whether all bytes have come, and the operation works on them.
        var isCompleting = false
    }

    private struct State {
        var targets: [String: UploadTarget] = [:]
        /// Requests that append, by the upload's id.
        var live: [String: Live] = [:]
    }

    static let path = "/v1/uploads"
    /// Bytes after which what came outlives a power cut, and the client hears how far it is.
    static let settledBytes = 16 << 20
    /// Time between two looks for uploads whose time is over.
    private static let pause = Duration.seconds(600)

    /// What a request is answered with that is not the upload's last.
    static let begun = ResponseDeclaration(
        status: 201, summary: "a part of the body has come; Location is where the rest is sent",
        content: .json(.anyObject))

    let limits: Limits
    let place: any UploadPlace
    let now: @Sendable () -> Date
    private let logger: Logger
    private let freshID: @Sendable () -> String
    private let state = Mutex(State())

    /// - Parameters:
    ///   - folder: of this process alone; made when the first upload begins.
    ///   - freshID: a UUID in lower case that nobody can guess.
    public convenience init(
        folder: URL, limits: Limits, logger: Logger, now: @escaping @Sendable () -> Date = { Date() },
        freshID: @escaping @Sendable () -> String = { UUID().uuidString.lowercased() }
    ) {
        self.init(UploadFolder(folder), limits: limits, logger: logger, now: now, freshID: freshID)
    }

    /// Uploads that lie where all processes see them, so that any goes on with what another has begun.
    ///
    /// - Parameters:
    ///   - blobs: of this database's processes alone.
    ///   - spool: a folder of this process alone, for what is under way; made when it is needed.
    ///   - freshID: a UUID in lower case that nobody can guess.
    public convenience init(
        blobs: any ConditionalBlobStore & StreamedBlobStore, spool: URL, limits: Limits, logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() },
        freshID: @escaping @Sendable () -> String = { UUID().uuidString.lowercased() }
    ) {
        self.init(
            UploadBlobs(store: blobs, spool: spool, now: now), limits: limits, logger: logger, now: now,
            freshID: freshID)
    }

    private init(
        _ place: any UploadPlace, limits: Limits, logger: Logger, now: @escaping @Sendable () -> Date,
        freshID: @escaping @Sendable () -> String
    ) {
        self.place = place
        self.limits = limits
        self.logger = logger
        self.now = now
        self.freshID = freshID
    }

    /// Removes uploads whose time is over, until the task is cancelled.
    public func run() async {
        repeat { await sweep() } while (try? await Task.sleep(for: Self.pause)) != nil
    }

    func sweep() async {
        do {
            let over = try await place.sweep(at: now(), kept: limits.kept) { self.isLive($0) }
            for upload in over {
                logger.info(
                    "unfinished upload removed",
                    metadata: ["millrace.upload": "\(upload.id)", "millrace.bytes": "\(upload.offset)"])
            }
        } catch {
            logger.warning(
                "unfinished uploads could not be looked through", metadata: ["millrace.reason": "\(error)"])
        }
    }

    /// Takes bodies for this operation in several requests.
    func accept(_ target: UploadTarget) {
        state.withLock { $0.targets[target.operation] = target }
    }

    /// The largest body that any of the operations takes.
    var largestBodyBytes: Int { state.withLock { $0.targets.values.map(\.limitBytes).max() ?? 0 } }

    func target(of upload: UploadRecord) throws(WorkspaceError) -> UploadTarget {
        guard let target = state.withLock({ $0.targets[upload.operation] }) else {
            throw Self.absent(upload.id)
        }
        return target
    }

    /// The time until which an upload is kept of which something comes now.
    func deadline() -> Date { now().addingTimeInterval(limits.kept / .seconds(1)) }

    // MARK: Finding

    /// An upload of the caller's. What is another's is told as what is not there.
    func find(_ id: String, _ caller: Caller) async throws -> UploadRecord {
        guard let upload = try await place.load(id, of: caller.owner), upload.owner == caller.owner,
            upload.expiresAt > now() || isLive(id)
        else { throw Self.absent(id) }
        return upload
    }

    static func absent(_ id: String) -> WorkspaceError { .notFound(kind: "upload", id: id) }

    /// Makes an upload of a request that begins one.
    func create(
        _ routed: RoutedRequest, length: Int?, _ caller: Caller, _ target: UploadTarget
    ) async throws -> UploadRecord {
        let request = routed.request
        let upload = UploadRecord(
            id: freshID(), owner: caller.owner, operation: target.operation,
            method: request.method.rawValue, path: request.path, query: request.query,
            parameters: routed.parameters, contentType: request.headers[.contentType],
            limitBytes: target.limitBytes, length: length, createdAt: now(), expiresAt: deadline())
        if place is UploadFolder { await sweep() }
        let limits = limits
        try await place.create(upload) { own, all in
            guard own.count < limits.perOwner, all < limits.inAll else {
                throw WorkspaceError.tooMany(
                    kind: "unfinished upload", limit: min(limits.perOwner, limits.inAll))
            }
            guard Self.bytes(of: own) + (length ?? 0) <= limits.bytesPerOwner else {
                throw UploadFault.noRoom(limitBytes: limits.bytesPerOwner)
            }
        }
        return upload
    }

    /// Bytes that an upload may grow to within what its owner's others leave.
    func room(for upload: UploadRecord) async throws -> Int {
        let others = try await place.unfinished(of: upload.owner).filter { $0.id != upload.id }
        return limits.bytesPerOwner - Self.bytes(of: others)
    }

    private static func bytes(of uploads: [UploadRecord]) -> Int {
        uploads.reduce(0) { $0 + max($1.offset, $1.length ?? 0) }
    }

    // MARK: Turns

    private func isLive(_ id: String) -> Bool { state.withLock { $0.live[id] != nil } }

    /// Does what appends to an upload, unless something else does.
    ///
    /// - Throws: ``UploadFault/inUse``, also when it was ended for another request; and what `work` throws.
    func turn(
        _ id: String, _ work: @escaping @Sendable () async throws -> APIResponse
    ) async throws -> APIResponse {
        let task = state.withLock { state -> Task<APIResponse, any Error>? in
            guard state.live[id] == nil else { return nil }
            let task = Task {
                defer { self.state.withLock { $0.live[id] = nil } }
                return try await work()
            }
            state.live[id] = Live(task: task)
            return task
        }
        guard let task else { throw UploadFault.inUse }
        return try await withTaskCancellationHandler {
            do {
                return try await task.value
            } catch is CancellationError where !Task.isCancelled {
                throw UploadFault.inUse
            }
        } onCancel: {
            task.cancel()
        }
    }

    /// Says that the bytes of an upload have all come: nobody ends the turn any more.
    func beginCompletion(of id: String) throws {
        try state.withLock { state in
            try Task.checkCancellation()
            state.live[id]?.isCompleting = true
        }
    }

    /// Ends what appends to an upload, and waits until it has ended. What works on the whole is only waited for.
    func endTurn(of id: String) async {
        let task = state.withLock { state in
            if state.live[id]?.isCompleting == false { state.live[id]?.task.cancel() }
            return state.live[id]?.task
        }
        _ = await task?.result
    }
}
