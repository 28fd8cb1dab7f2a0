/// Why a request to an upload that may be resumed is refused.
enum UploadFault: Error, Sendable, Hashable {
    /// The body begins elsewhere than the bytes end that are there.
    case mismatchingOffset(given: Int, current: Int)
    /// The lengths that a client gives differ, or its bytes are more or fewer than it said.
    case inconsistentLength(reason: String)
    /// All of it has come before.
    case completed
    /// Another request appends to it now, or took it over.
    case inUse
    /// An owner's unfinished uploads have as many bytes together as they may.
    case noRoom(limitBytes: Int)
    /// Where all processes see uploads nothing can be read or written.
    case unreachable(reason: String)
    /// The files of an upload cannot be used.
    case storage(path: String, reason: String)
}

extension UploadFault: CustomStringConvertible {
    var description: String {
        switch self {
        case .mismatchingOffset(let given, let current):
            """
            The body begins at byte \(given), and \(current) bytes of the upload are here. Go on at \(current), as \
            Upload-Offset says.
            """
        case .inconsistentLength(let reason):
            "The length of the upload is not clear: \(reason). Say the same with each request, and send as much."
        case .completed:
            "All of this upload has come before. GET tells what became of it; begin another one for other bytes."
        case .inUse:
            "Another request is sending this upload. Ask with HEAD how far it is, and go on from there."
        case .noRoom(let limit):
            """
            The caller's unfinished uploads have \(limit) bytes together, which is all that they may. Finish or delete \
            one first.
            """
        case .unreachable(let reason):
            """
            Unfinished uploads lie in the bucket of blobs.s3, which cannot be used: \(reason). What was told to be there \
            is; ask with HEAD how far the upload is, and go on from there.
            """
        case .storage(let path, let reason):
            "The unfinished upload \(path) cannot be used: \(reason). Check the folder's rights and space."
        }
    }
}

extension ProblemDetails {
    /// What the refusals of resumable uploads mean.
    init(uploading fault: UploadFault) {
        let detail = fault.description
        switch fault {
        case .mismatchingOffset:
            self.init(.mismatchingUploadOffset, "It goes on elsewhere", detail: detail)
        case .inconsistentLength:
            self.init(.inconsistentUploadLength, "Its length is not clear", detail: detail)
        case .completed: self.init(.completedUpload, "It is complete", detail: detail)
        case .inUse: self.init(.uploadInUse, "It is being sent", detail: detail, retryable: true)
        case .noRoom(let limit):
            self.init(.tooMany, "Too much is unfinished", detail: detail, limit: limit)
        case .storage, .unreachable: self = .inside(cause: detail)
        }
    }
}
