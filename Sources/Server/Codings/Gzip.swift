import CZlib
import Foundation

/// gzip (RFC 1952) by zlib. `Codings` is the only folder that knows it.
enum Gzip {
    /// How hard to look for repetitions.
    enum Effort: Int32, Sendable {
        /// For what is packed for one response.
        case quick = 5
        /// For what is packed once and sent often.
        case best = 9
    }

    /// Bytes that are packed in one go at most.
    static let limitBytes = 16_777_216

    /// The packed bytes; `nil` for more than ``limitBytes``, or without memory.
    static func packed(_ data: Data, effort: Effort) -> Data? {
        guard data.count <= limitBytes else { return nil }
        // zlib keeps the stream's address, so it has one that stays.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        guard millrace_gzip_begin(stream, effort.rawValue) == Z_OK else { return nil }
        defer { deflateEnd(stream) }
        // Bound: zlib says how much room one call needs at most, so that it is never called with too little.
        var packed = Data(count: Int(deflateBound(stream, uLong(data.count))))
        let result = data.withUnsafeBytes { input in
            packed.withUnsafeMutableBytes { output in
                // zlib reads through a pointer that C does not call constant, and does not write to it.
                stream.pointee.next_in = UnsafeMutablePointer(
                    mutating: input.bindMemory(to: Bytef.self).baseAddress)
                stream.pointee.avail_in = uInt(input.count)
                stream.pointee.next_out = output.bindMemory(to: Bytef.self).baseAddress
                stream.pointee.avail_out = uInt(output.count)
                return deflate(stream, Z_FINISH)
            }
        }
        guard result == Z_STREAM_END else { return nil }
        return packed.prefix(Int(stream.pointee.total_out))
    }
}

/// Unpacks gzip, piece by piece, within limits.
///
/// For one reader at a time. What one call returns is at most ``outputBytes`` long, however much a few packed bytes
/// become: a body that unpacks without end is never in memory.
final class GzipReader {
    /// Bytes that one step gives at most.
    static let outputBytes = 65_536
    /// How often as large as the packed bytes the unpacked ones may be. Repetitive JSON reaches 50; what is made to
    /// fill memory reaches 1,000.
    static let ratioLimit = 200
    /// Bytes up to which the ratio does not matter.
    static let freeBytes = 1_048_576

    /// zlib keeps the stream's address, so it has one that stays until `deinit`.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let limitBytes: Int
    private var input = Data()
    /// Bytes taken of `input`.
    private var offset = 0
    private var consumed = 0
    private var produced = 0
    /// Whether a member is complete, and nothing of a next one has come.
    private var isAtBoundary = false

    /// - Parameter limitBytes: unpacked bytes at most.
    /// - Throws: ``RequestFault/malformedContentCoding(reason:)`` without memory for it.
    init(limitBytes: Int) throws(RequestFault) {
        self.limitBytes = limitBytes
        stream.initialize(to: z_stream())
        guard millrace_gunzip_begin(stream) == Z_OK else {
            throw .malformedContentCoding(reason: "it cannot be unpacked now")
        }
    }

    deinit {
        // Of a stream that was never begun it says so and does nothing.
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Takes the next packed bytes, once ``next()`` has given all of those before.
    func put(_ piece: Data) {
        input = piece
        offset = 0
    }

    /// The next unpacked bytes; `nil` when more must be put first.
    ///
    /// - Throws: ``RequestFault``.
    func next() throws(RequestFault) -> Data? {
        var output = Data(count: Self.outputBytes)
        while true {
            if isAtBoundary {
                // Members may follow one another (RFC 1952, section 2.2).
                guard offset < input.count else { return nil }
                guard inflateReset(stream) == Z_OK else { throw damaged }
                isAtBoundary = false
            }
            let (result, taken, made) = step(&output)
            offset += taken
            consumed += taken
            produced += made
            switch result {
            case Z_STREAM_END: isAtBoundary = true
            case Z_OK: break
            // Neither input nor room for output is left; it goes on with more of what is missing.
            case Z_BUF_ERROR: break
            case Z_MEM_ERROR: throw .malformedContentCoding(reason: "it takes more memory than there is")
            default: throw damaged
            }
            try checkLimits()
            if made > 0 { return output.prefix(made) }
            if taken == 0, !isAtBoundary { return nil }
        }
    }

    /// - Throws: ``RequestFault/malformedContentCoding(reason:)`` when the packed bytes ended too early.
    func finish() throws(RequestFault) {
        guard isAtBoundary else { throw .malformedContentCoding(reason: "it ends before it is complete") }
    }

    private var damaged: RequestFault {
        .malformedContentCoding(reason: consumed < 10 ? "it is no gzip" : "it is damaged")
    }

    private func checkLimits() throws(RequestFault) {
        guard produced <= limitBytes else { throw .bodyTooLarge(limitBytes: limitBytes) }
        guard produced <= Self.freeBytes || produced / Self.ratioLimit <= consumed else {
            throw .bodyUnpacksTooFar(ratio: Self.ratioLimit)
        }
    }

    /// One call of zlib: its code, the bytes taken, and the bytes made.
    private func step(_ output: inout Data) -> (result: Int32, taken: Int, made: Int) {
        // Bound: both counts are those of the buffers that are lent, and a piece is far below what `uInt` holds.
        let given = min(input.count - offset, Int(Int32.max))
        return input.withUnsafeBytes { packed in
            output.withUnsafeMutableBytes { room in
                let start = UnsafeRawBufferPointer(rebasing: packed[offset..<(offset + given)])
                stream.pointee.next_in = UnsafeMutablePointer(
                    mutating: start.bindMemory(to: Bytef.self).baseAddress)
                stream.pointee.avail_in = uInt(given)
                stream.pointee.next_out = room.bindMemory(to: Bytef.self).baseAddress
                stream.pointee.avail_out = uInt(room.count)
                let result = inflate(stream, Z_NO_FLUSH)
                return (
                    result, given - Int(stream.pointee.avail_in), room.count - Int(stream.pointee.avail_out)
                )
            }
        }
    }
}
