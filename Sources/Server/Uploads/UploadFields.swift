import HTTPTypes

/// What a request says of a resumable upload in its header: the fields of draft-ietf-httpbis-resumable-upload.
///
/// A field that holds something else than it should counts as absent, as the draft has it.
struct UploadFields: Sendable, Hashable {
    /// Whether nothing more comes after this request's body.
    var isComplete: Bool?
    /// Where in the whole the body begins, in bytes.
    var offset: Int?
    /// Bytes that the whole has.
    var length: Int?
    /// The iteration of the draft that the client implements, by its interop version.
    var version: Int?

    /// Interop versions whose interim responses are understood here: 3 is the draft's first iteration, which iOS 17
    /// and macOS 14 send, 6 that of their successors, 8 its last.
    static let versions = 3...8
    /// The type of a body that goes on where another one ended.
    static let contentType = "application/partial-upload"
    /// The first version in which the body of `PATCH` must have that type, and in which interim responses tell how far
    /// the upload is.
    static let typedVersion = 6

    init(_ headers: HTTPFields) {
        // The first iteration asks the opposite.
        isComplete =
            Self.flag(headers[.uploadComplete]) ?? Self.flag(headers[.uploadIncomplete]).map { !$0 }
        offset = Self.count(headers[.uploadOffset])
        length = Self.count(headers[.uploadLength])
        version = Self.count(headers[.uploadInteropVersion])
    }

    /// Whether the client understands interim responses with status 104.
    var takesInterim: Bool { version.map { Self.versions.contains($0) } ?? false }
    /// Whether it understands such that tell how far the upload is.
    var takesProgress: Bool { takesInterim && needsType }
    /// Whether a body that goes on must say so by its type.
    var needsType: Bool { (version ?? Self.versions.upperBound) >= Self.typedVersion }

    /// How many bytes the whole has by this request's word, if its body begins at `start`.
    ///
    /// - Throws: ``UploadFault/inconsistentLength(reason:)`` for two words that differ.
    func wholeLength(
        from start: Int, contentLength: Int?, known: Int?
    ) throws(UploadFault) -> Int? {
        var found = known
        var said = [length]
        if let contentLength, isComplete == true {
            let (end, overflows) = start.addingReportingOverflow(contentLength)
            guard !overflows else { throw .inconsistentLength(reason: "the body is endless") }
            said.append(end)
        }
        for length in said.compactMap({ $0 }) {
            guard found == nil || found == length else {
                throw .inconsistentLength(
                    reason: "the whole has \(found ?? 0) bytes by one word, and \(length) by another")
            }
            found = length
        }
        return found
    }

    // MARK: Structured fields (RFC 9651)

    /// An item's value, without its parameters.
    private static func item(_ field: String?) -> Substring? {
        field?.prefix { $0 != ";" }.trimmingPrefix { $0 == " " }.prefix { $0 != " " }
    }

    private static func flag(_ field: String?) -> Bool? {
        switch item(field) {
        case "?1": true
        case "?0": false
        default: nil
        }
    }

    /// A whole number of at most 15 digits that is not negative.
    private static func count(_ field: String?) -> Int? {
        guard let item = item(field), (1...15).contains(item.utf8.count),
            item.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(item)
    }
}

extension HTTPFields {
    /// Says how far an upload is; to a client of the draft's first iteration in its words, too.
    mutating func set(_ upload: UploadRecord, for client: UploadFields) {
        self[.uploadOffset] = String(upload.offset)
        self[.uploadComplete] = upload.isComplete ? "?1" : "?0"
        if client.version == 3 { self[.uploadIncomplete] = upload.isComplete ? "?0" : "?1" }
        if let length = upload.length { self[.uploadLength] = String(length) }
    }
}

extension HTTPResponse.Status {
    /// The interim response that names where an upload may be resumed.
    static let uploadResumptionSupported = HTTPResponse.Status(
        code: 104, reasonPhrase: "Upload Resumption Supported")
}
