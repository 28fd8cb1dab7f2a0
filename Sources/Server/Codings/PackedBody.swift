import Concurrency
import Foundation
import HTTPTypes

/// A request's body as it was before it was packed.
enum PackedBody {
    /// All of it.
    ///
    /// - Throws: ``RequestFault``.
    static func unpacked(_ packed: Data, limitBytes: Int) throws(RequestFault) -> Data {
        let reader = try GzipReader(limitBytes: limitBytes)
        reader.put(packed)
        var whole = Data()
        while let piece = try reader.next() { whole += piece }
        try reader.finish()
        return whole
    }

    /// Piece by piece as it comes; asking for one may throw ``RequestFault``.
    static func unpacked(_ packed: PulledSequence<Data>, limitBytes: Int) -> PulledSequence<Data> {
        PulledSequence(beginning: {
            let reader = try GzipReader(limitBytes: limitBytes)
            var source = packed.makeAsyncIterator()
            var isAtEnd = false
            return {
                while !isAtEnd {
                    if let piece = try reader.next() { return piece }
                    guard let more = try await source.next() else {
                        isAtEnd = true
                        try reader.finish()
                        break
                    }
                    reader.put(more)
                }
                return nil
            }
        })
    }
}

extension RoutedRequest {
    /// Takes the body that `operation` asks for, unpacked if it comes packed.
    ///
    /// - Parameter limitBytes: of a body that is taken whole.
    /// - Throws: ``RequestFault``, or the connection's error.
    mutating func take(_ body: BodySource, for operation: Operation, limitBytes: Int) async throws {
        guard let declared = operation.body else { return }
        isPacked = try ContentCoding.isUsed(by: request)
        interim = body.interim
        // What is signed is signed byte for byte.
        if isPacked, operation.access == .signature {
            throw RequestFault.unsupportedContentCoding(ContentCoding.name)
        }
        if let limit = declared.streamLimitBytes {
            pieces =
                isPacked ? PackedBody.unpacked(body.pieces(limit), limitBytes: limit) : body.pieces(limit)
        } else {
            if request.body.isEmpty { request.body = try await body.whole() }
            if isPacked { request.body = try PackedBody.unpacked(request.body, limitBytes: limitBytes) }
        }
        if isPacked { request.headers[.contentEncoding] = nil }
    }
}
