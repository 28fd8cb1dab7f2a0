import Concurrency
import Crypto
import Foundation

/// What a request carries.
///
/// A file or a stream is sent piece by piece as the network takes it: at most two pieces of it are in memory
/// at a time. What is data already is sent as it stands, without a copy where it is large.
public enum HTTPBody: Sendable {
    case none
    case data(Data)
    case file(HTTPFile)
    /// - Parameter length: bytes that the pieces come to; more or fewer fail the request.
    case stream(PulledSequence<Data>, length: Int)

    /// The file at `path`, of the length that it has now.
    ///
    /// - Throws: ``TransportError/unreadableBody(reason:)`` when there is none, or no plain file.
    public static func file(at path: String) throws(TransportError) -> HTTPBody {
        .file(try HTTPFile(path))
    }

    /// Bytes.
    public var length: Int {
        switch self {
        case .none: 0
        case .data(let data): data.count
        case .file(let file): file.length
        case .stream(_, let length): length
        }
    }

    /// Whether the body can be sent again after a failure: a stream is read once.
    public var isReplayable: Bool {
        if case .stream = self { false } else { true }
    }

    /// What is in memory anyway; `nil` for what is sent piece by piece.
    public var data: Data? {
        switch self {
        case .none: Data()
        case .data(let data): data
        case .file, .stream: nil
        }
    }

    /// Data from this size on is handed to libcurl as it is sent; libcurl would keep a copy of it.
    static let fedBytes = 1 << 20

    /// The pieces of what is sent piece by piece: what is not in memory, and large data.
    var pieces: PulledSequence<Data>? {
        switch self {
        case .none: nil
        case .data(let data): data.count < Self.fedBytes ? nil : PulledSequence([data])
        case .file(let file): file.pieces
        case .stream(let pieces, _): pieces
        }
    }

    /// SHA-256 in lower-case hexadecimal; a file is read for it, piece by piece.
    ///
    /// - Throws: ``TransportError/unreadableBody(reason:)`` for a stream, which can be read only once, and for
    ///   a file that cannot be read or is not as long as it was.
    public func sha256() async throws(TransportError) -> String {
        guard case .file(let file) = self else {
            guard let data else { throw .unreadableBody(reason: "a stream is read once, by sending it") }
            return SHA256.hash(data: data).hexadecimal
        }
        var hash = SHA256()
        do {
            for try await piece in file.pieces { hash.update(data: piece) }
        } catch {
            throw error as? TransportError ?? .cancelled
        }
        return hash.finalize().hexadecimal
    }
}
