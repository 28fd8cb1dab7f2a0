import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

extension MillraceClient {
    /// Sends a space export or a document for ingest, in pieces, and goes on where the server's bytes end when a
    /// connection is lost. For callers with the scope `admin`.
    ///
    /// ```swift
    /// let job = try await client.upload(file: export) { progress in store(progress.upload) }
    /// // Later, in another process:
    /// let job = try await client.upload(file: export, resuming: stored)
    /// ```
    ///
    /// - Parameters:
    ///   - file: must not change while it is sent.
    ///   - resuming: an upload of the same file that was begun before; what else is given was said then.
    ///   - name: whose ending says what it is; the file's own unless given.
    ///   - readers: who may read a document: principals such as `group:staff`; none for an export, which says itself.
    ///   - isDryRun: whether it is only told what would change.
    ///   - progress: called when the upload has begun, and after each piece.
    /// - Returns: the ingest job that reads the file.
    /// - Throws: ``MillraceError`` or `CancellationError`. Unless it is a ``MillraceError/problem(_:)``, the upload can
    ///   be gone on with.
    public func upload(
        file: URL, resuming: UnfinishedUpload? = nil, named name: String? = nil, readers: [String] = [],
        isDryRun: Bool = false, progress: @escaping @Sendable (UploadProgress) -> Void = { _ in }
    ) async throws -> AcceptedIngest {
        let pieces = FilePieces(url: file)
        let byteCount = try await pieces.byteCount()
        let upload: UnfinishedUpload
        var offset = 0
        if let resuming {
            guard resuming.byteCount == byteCount else {
                throw MillraceError.invalidRequest(
                    reason:
                        "\(file.lastPathComponent) has \(byteCount) bytes, and \(resuming.byteCount) when it was begun"
                )
            }
            upload = resuming
            let state = try await connection.uploadState(of: upload)
            guard !state.isComplete else { return try await connection.outcome(of: upload) }
            offset = state.offset
        } else {
            var call = Call(.post, "v1", "ingest", "uploads")
            call.query = [("name", name ?? file.lastPathComponent)]
            if !readers.isEmpty { call.query.append(("readers", readers.joined(separator: ","))) }
            if isDryRun { call.query.append(("dry_run", "true")) }
            upload = try await connection.begin(call, byteCount: byteCount)
        }
        progress(UploadProgress(upload: upload, sentByteCount: offset))
        return try await connection.send(pieces, from: offset, to: upload, progress)
    }

    /// Gives an upload up; the server forgets what has come.
    public func cancel(_ upload: UnfinishedUpload) async throws {
        try await connection.delete(Call(.delete, "v1", "uploads", upload.id))
    }
}

extension Connection {
    /// Bytes of one request: what is sent again at most when its connection is lost.
    private static let pieceBytes = 8 << 20

    /// How far an upload is, by the server's word.
    fileprivate func uploadState(of upload: UnfinishedUpload) async throws -> (offset: Int, isComplete: Bool)
    {
        try await perform(Call(.head, "v1", "uploads", upload.id)) { exchange in
            let head = try await exchange.head()
            guard let offset = head.value(forHTTPHeaderField: "Upload-Offset").flatMap({ Int($0) }),
                (0...upload.byteCount).contains(offset)
            else {
                throw MillraceError.unexpectedResponse(
                    status: head.statusCode, requestID: head.value(forHTTPHeaderField: "X-Request-Id"))
            }
            return (offset, head.value(forHTTPHeaderField: "Upload-Complete") == "?1")
        }
    }

    /// Begins an upload without any bytes, so that its address is known before one can be lost.
    fileprivate func begin(_ call: Call, byteCount: Int) async throws -> UnfinishedUpload {
        var call = call.heading("Upload-Complete", "?0").heading("Upload-Length", String(byteCount))
        call.body = Call.Body(type: "application/octet-stream", data: Data())
        // One that nobody goes on with goes by itself.
        call.isIdempotent = true
        return try await perform(call) { exchange in
            let head = try await exchange.head()
            guard let id = head.value(forHTTPHeaderField: "Location")?.split(separator: "/").last else {
                throw MillraceError.unexpectedResponse(
                    status: head.statusCode, requestID: head.value(forHTTPHeaderField: "X-Request-Id"))
            }
            return UnfinishedUpload(id: String(id), byteCount: byteCount)
        }
    }

    /// Sends what is missing. Attempts are counted anew whenever the server has more than before.
    fileprivate func send(
        _ pieces: FilePieces, from start: Int, to upload: UnfinishedUpload,
        _ progress: @Sendable (UploadProgress) -> Void
    ) async throws -> AcceptedIngest {
        var offset = start
        var attempt = 1
        while true {
            do {
                let piece = try await pieces.piece(at: offset, count: Self.pieceBytes)
                let end = offset + piece.count
                guard !piece.isEmpty || offset == upload.byteCount else {
                    throw MillraceError.invalidRequest(
                        reason: "\(pieces.url.lastPathComponent) has become shorter while it was sent")
                }
                if let accepted = try await send(
                    piece, at: offset, isLast: end >= upload.byteCount, to: upload)
                {
                    progress(UploadProgress(upload: upload, sentByteCount: end))
                    return accepted
                }
                offset = end
                attempt = 1
            } catch {
                let failure = try Self.told(error)
                guard failure.leavesUploadOpen,
                    let delay = configuration.retries.delay(
                        afterAttempt: attempt, retryAfter: failure.problem?.retryAfter,
                        chance: .random(in: 0...1))
                else { throw failure }
                try await Task.sleep(for: delay)
                let state = try await uploadState(of: upload)
                guard !state.isComplete else { return try await outcome(of: upload) }
                attempt = state.offset > offset ? 1 : attempt + 1
                offset = state.offset
            }
            progress(UploadProgress(upload: upload, sentByteCount: offset))
        }
    }

    /// - Returns: what the server made of the file, after its last piece.
    private func send(
        _ piece: Data, at offset: Int, isLast: Bool, to upload: UnfinishedUpload
    ) async throws -> AcceptedIngest? {
        var call = Call(.patch, "v1", "uploads", upload.id)
            .heading("Upload-Offset", String(offset))
            .heading("Upload-Complete", isLast ? "?1" : "?0")
        call.body = Call.Body(type: "application/partial-upload", data: piece)
        // Sent again from wherever the server is by then.
        call.isIdempotent = false
        let body = try await data(of: call)
        return isLast ? try Wire.decode(AcceptedIngest.self, from: body, of: "PATCH /v1/uploads") : nil
    }

    /// What became of an upload whose last response did not arrive.
    fileprivate func outcome(of upload: UnfinishedUpload) async throws -> AcceptedIngest {
        let call = Call(.get, "v1", "uploads", upload.id)
        let ended = try await value(EndedUpload.self, of: call)
        switch ended.result {
        case .accepted(let job): return job
        case .refused(var problem):
            problem.status = ended.status ?? problem.status
            throw MillraceError.problem(problem)
        case nil: throw MillraceError.unexpectedResponse(status: ended.status ?? 0, requestID: nil)
        }
    }
}

/// An upload as `GET` tells it.
private struct EndedUpload: Decodable, Sendable {
    enum Result: Decodable, Sendable {
        case accepted(AcceptedIngest)
        case refused(Problem)

        init(from decoder: any Decoder) throws {
            if let job = try? AcceptedIngest(from: decoder) {
                self = .accepted(job)
            } else {
                self = .refused(try Problem(from: decoder))
            }
        }
    }

    var status: Int?
    var result: Result?
}

extension MillraceError {
    /// Whether an upload may go on after it.
    fileprivate var leavesUploadOpen: Bool {
        switch self {
        case .connection, .timedOut, .unexpectedResponse(500..., _): true
        case .problem(let problem):
            problem.status >= 500 || problem.isRetryable || problem.kind == .mismatchingUploadOffset
        default: false
        }
    }
}
