import Concurrency
import Foundation
import HTTPTypes

/// A file on disk as a response: read while it is sent, whole or in ranges.
struct FileContent: Sendable {
    /// Where it lies; not told to clients.
    let path: String
    let contentType: String
    /// Reads, so that requests which have nothing to do with disks do not wait for one.
    let executor: BlockingExecutor

    /// Bytes read at a time, which is what one download keeps in memory besides the connection's own buffers.
    static let pieceBytes = 65_536

    /// Opens the file for this response: its bytes, ranges of them, or 304 to a client that has them.
    ///
    /// The file is closed when the response is sent, or its client has gone. `If-Range` with a date never holds:
    /// it would need a clock finer than its seconds.
    ///
    /// - Parameter headers: added to each of these.
    /// - Throws: ``RequestFault/noSuchFile``, ``RequestFault/unsatisfiableRange(length:)``, or `POSIXError`.
    func response(to request: RequestConditions, headers: HTTPFields = [:]) async throws -> APIResponse {
        let file = try await executor.run { [path] in try OpenFile(path) }
        var headers = headers
        headers[.contentType] = contentType
        headers[.eTag] = file.tag
        headers[.lastModified] = HTTPDate.text(file.changed)
        headers[.acceptRanges] = "bytes"
        if headers[.cacheControl] == nil { headers[.cacheControl] = "private, no-cache" }
        if request.matches(file.tag, changed: file.changed) {
            return APIResponse(status: .notModified, headers: headers)
        }
        guard let ranges = try request.ranges(of: file.length, tag: file.tag) else {
            return APIResponse(headers: headers, body: .bytes(stream(of: file, [.range(0..<file.length)])))
        }
        let layout = ByteRanges(ranges, of: file.length).layout(headers: headers, contentType: contentType)
        return APIResponse(
            status: .partialContent, headers: layout.headers, body: .bytes(stream(of: file, layout.segments)))
    }

    private func stream(of file: OpenFile, _ segments: [ByteRanges.Segment]) -> ByteStream {
        let pieces = PulledSequence<Data>(unfolding: { [executor] in
            var rest = segments[...]
            return {
                while let segment = rest.popFirst() {
                    switch segment {
                    case .text(let text): return Data(text.utf8)
                    case .range(let range) where range.isEmpty: continue
                    case .range(let range):
                        let count = min(Self.pieceBytes, range.count)
                        let piece = try await executor.run {
                            try file.read(at: range.lowerBound, count: count)
                        }
                        rest = [.range((range.lowerBound + piece.count)..<range.upperBound)] + rest
                        return piece
                    }
                }
                return nil
            }
        })
        return ByteStream(pieces, length: segments.reduce(0) { $0 + $1.count })
    }
}
