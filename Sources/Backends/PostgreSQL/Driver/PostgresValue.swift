import Foundation

/// A value that goes into a statement, in PostgreSQL's binary form.
///
/// Whole numbers go big-endian, text as UTF-8 (PostgreSQL's documentation, “Frontend/Backend Protocol”).
public enum PostgresValue: Sendable, Hashable {
    case null
    case int(Int64)
    case double(Double)
    case bool(Bool)
    /// U+0000, which PostgreSQL's text cannot hold, becomes U+FFFD.
    case text(String)
    case bytes(Data)
    case ints([Int64])
    case texts([String])
    case blobs([Data])
    /// `real[]`, as vectors travel.
    case floats([Float])
    case doubles([Double])
    /// `text[]` in which some elements are absent.
    case optionalTexts([String?])
    /// `bigint[]` in which some elements are absent.
    case optionalInts([Int64?])
    /// `double precision[]` in which some elements are absent.
    case optionalDoubles([Double?])
    /// `bytea[]` in which some elements are absent.
    case optionalBlobs([Data?])

    /// The type that the server is told.
    var type: UInt32 {
        switch self {
        case .null: 0
        case .int: PostgresType.int8
        case .double: PostgresType.float8
        case .bool: PostgresType.bool
        case .text: PostgresType.text
        case .bytes: PostgresType.bytea
        case .ints, .optionalInts: PostgresType.int8Array
        case .texts, .optionalTexts: PostgresType.textArray
        case .blobs, .optionalBlobs: PostgresType.byteaArray
        case .floats: PostgresType.float4Array
        case .doubles, .optionalDoubles: PostgresType.float8Array
        }
    }

    func append(to bytes: inout [UInt8]) {
        switch self {
        case .null: break
        case .int(let value): bytes.append(bigEndian: value)
        case .double(let value): bytes.append(bigEndian: value.bitPattern)
        case .bool(let value): bytes.append(value ? 1 : 0)
        case .text(let value): bytes.append(text: value)
        case .bytes(let value): bytes.append(contentsOf: value)
        case .ints(let values):
            bytes.append(arrayOf: PostgresType.int8, values) { $0.append(bigEndian: $1) }
        case .texts(let values):
            bytes.append(arrayOf: PostgresType.text, values) { $0.append(text: $1) }
        case .blobs(let values):
            bytes.append(arrayOf: PostgresType.bytea, values) { $0.append(contentsOf: $1) }
        case .floats(let values): bytes.append(floats: values)
        case .doubles(let values):
            bytes.append(arrayOf: PostgresType.float8, values) { $0.append(bigEndian: $1.bitPattern) }
        case .optionalTexts(let values):
            bytes.append(arrayOf: PostgresType.text, values, hasAbsent: true) { $0.append(text: $1) }
        case .optionalInts(let values):
            bytes.append(arrayOf: PostgresType.int8, values, hasAbsent: true) { $0.append(bigEndian: $1) }
        case .optionalDoubles(let values):
            bytes.append(arrayOf: PostgresType.float8, values, hasAbsent: true) {
                $0.append(bigEndian: $1.bitPattern)
            }
        case .optionalBlobs(let values):
            bytes.append(arrayOf: PostgresType.bytea, values, hasAbsent: true) { $0.append(contentsOf: $1) }
        }
    }
}

extension PostgresValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(stringLiteral value: String) { self = .text(value) }

    /// Absent values are NULL.
    public init(_ value: String?) { self = value.map { .text($0) } ?? .null }
    public init(_ value: Int64?) { self = value.map { .int($0) } ?? .null }
    public init(_ value: Int?) { self = value.map { .int(Int64($0)) } ?? .null }
    public init(_ value: Data?) { self = value.map { .bytes($0) } ?? .null }
    public init(_ value: Double?) { self = value.map { .double($0) } ?? .null }
    public init(_ value: Bool?) { self = value.map { .bool($0) } ?? .null }
    /// Seconds since 1970, as every time of ours is kept.
    public init(_ value: Date?) { self = value.map { .double($0.timeIntervalSince1970) } ?? .null }
}

/// The object identifiers of PostgreSQL's own types (`pg_type.dat`), which never change.
enum PostgresType {
    static let bool: UInt32 = 16
    static let bytea: UInt32 = 17
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let float4: UInt32 = 700
    static let float8: UInt32 = 701
    static let byteaArray: UInt32 = 1_001
    static let textArray: UInt32 = 1_009
    static let int8Array: UInt32 = 1_016
    static let float4Array: UInt32 = 1_021
    static let float8Array: UInt32 = 1_022
    /// What is text in binary form too: `name`, `json`, `varchar`, `unknown`.
    static let texts: Set<UInt32> = [19, 25, 114, 1_043, 705, 1_042]
    static let jsonb: UInt32 = 3_802
}

extension [UInt8] {
    mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    mutating func append(text: String) {
        if text.utf8.contains(0) {
            append(contentsOf: text.replacing("\0", with: "\u{FFFD}").utf8)
        } else {
            append(contentsOf: text.utf8)
        }
    }

    /// As any other array, without a step for each of its bytes: vectors have hundreds of elements, and come by the
    /// million.
    fileprivate mutating func append(floats values: [Float]) {
        append(bigEndian: Int32(values.isEmpty ? 0 : 1))
        append(bigEndian: Int32(0))
        append(bigEndian: PostgresType.float4)
        guard !values.isEmpty else { return }
        append(bigEndian: Int32(clamping: values.count))
        append(bigEndian: Int32(1))
        let start = count
        append(contentsOf: repeatElement(0, count: 8 * values.count))
        withUnsafeMutableBytes { bytes in
            // Bounds: eight bytes an element were added behind `start`.
            for (position, value) in values.enumerated() {
                let place = start + 8 * position
                bytes.storeBytes(of: Int32(4).bigEndian, toByteOffset: place, as: Int32.self)
                bytes.storeBytes(of: value.bitPattern.bigEndian, toByteOffset: place + 4, as: UInt32.self)
            }
        }
    }

    /// One dimension from 1 on; each element behind its length.
    fileprivate mutating func append<Item>(
        arrayOf type: UInt32, _ values: [Item], _ write: (inout [UInt8], Item) -> Void
    ) {
        append(arrayOf: type, values.map { Optional($0) }, hasAbsent: false, write)
    }

    fileprivate mutating func append<Item>(
        arrayOf type: UInt32, _ values: [Item?], hasAbsent: Bool,
        _ write: (inout [UInt8], Item) -> Void
    ) {
        append(bigEndian: Int32(values.isEmpty ? 0 : 1))
        append(bigEndian: Int32(hasAbsent ? 1 : 0))
        append(bigEndian: type)
        guard !values.isEmpty else { return }
        append(bigEndian: Int32(clamping: values.count))
        append(bigEndian: Int32(1))
        for value in values {
            guard let value else {
                append(bigEndian: Int32(-1))
                continue
            }
            let place = count
            append(bigEndian: Int32(0))
            write(&self, value)
            let length = Int32(clamping: count - place - 4)
            // In place: a vector has a thousand elements.
            for byte in 0..<4 { self[place + byte] = UInt8(truncatingIfNeeded: length >> (24 - 8 * byte)) }
        }
    }
}
