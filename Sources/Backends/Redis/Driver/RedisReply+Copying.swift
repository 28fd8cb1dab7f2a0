import CHiredis
import Foundation

extension RedisReply {
    /// Copies what hiredis read; arrays nest no deeper than it reads them.
    init(_ raw: redisReply) {
        switch raw.type {
        case REDIS_REPLY_INTEGER: self = .integer(raw.integer)
        case REDIS_REPLY_STRING: self = .bytes(Self.bytes(raw))
        case REDIS_REPLY_STATUS: self = .status(String(decoding: Self.bytes(raw), as: UTF8.self))
        case REDIS_REPLY_ERROR: self = .error(String(decoding: Self.bytes(raw), as: UTF8.self))
        case REDIS_REPLY_ARRAY:
            let elements = UnsafeBufferPointer(start: raw.element, count: Int(clamping: raw.elements))
            self = .array(elements.map { element in element.map { RedisReply($0.pointee) } ?? .null })
        default: self = .null
        }
    }

    private static func bytes(_ raw: redisReply) -> Data {
        guard let start = raw.str else { return Data() }
        return Data(bytes: start, count: Int(clamping: raw.len))
    }
}

/// hiredis's makers of replies, with a bound on arrays: it makes room for as many elements as are announced before any
/// of them has come.
enum RedisReplyMakers {
    /// Far above what is ever asked for.
    static let elementLimit: Int32 = 65_536

    /// As hiredis makes them itself.
    private static let own: redisReplyObjectFunctions? = {
        guard let reader = redisReaderCreate() else { return nil }
        defer { redisReaderFree(reader) }
        return reader.pointee.fn?.pointee
    }()

    // `nonisolated(unsafe)`: written before anybody has its address, and only read from then on; never freed, as every
    // connection’s reader points at it.
    private nonisolated(unsafe) static let bounded: UnsafeMutablePointer<redisReplyObjectFunctions>? = {
        guard var makers = own else { return nil }
        makers.createArray = { task, count in
            guard count <= RedisReplyMakers.elementLimit else { return nil }
            return RedisReplyMakers.own?.createArray?(task, count)
        }
        let table = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
        table.initialize(to: makers)
        return table
    }()

    static func bound(_ context: UnsafeMutablePointer<redisContext>) {
        guard let bounded, let reader = context.pointee.reader else { return }
        reader.pointee.fn = bounded
    }
}
