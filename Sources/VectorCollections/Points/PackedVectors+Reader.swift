import Foundation

extension PackedVectors {
    /// A body whose header and length were checked.
    struct Reader {
        let count: Int
        let dimension: Int
        private let bytes: [UInt8]

        /// - Parameter limit: points or queries that there may be.
        init(_ body: Data, kind: Kind, limit: Int) throws(CollectionError) {
            bytes = Array(body)
            guard bytes.count >= PackedVectors.headerBytes else {
                throw Self.fault(
                    "has \(bytes.count) bytes; its header alone has \(PackedVectors.headerBytes)")
            }
            count = Int(Self.integer(bytes, at: 12, as: UInt32.self))
            dimension = Int(Self.integer(bytes, at: 8, as: UInt32.self))
            guard Self.integer(bytes, at: 0, as: UInt32.self) == PackedVectors.magic else {
                throw Self.fault("does not begin with “MVEC”")
            }
            let version = Self.integer(bytes, at: 4, as: UInt16.self)
            guard version == PackedVectors.version else {
                throw Self.fault("has version \(version); \(PackedVectors.version) is understood")
            }
            let found = Self.integer(bytes, at: 6, as: UInt16.self)
            guard found == kind.rawValue else {
                throw Self.fault("is of kind \(found); \(kind.rawValue) is expected here")
            }
            guard count <= limit else { throw Self.fault("holds \(count) vectors; the limit is \(limit)") }
            guard dimension <= CollectionSettings.dimensions.upperBound else {
                throw Self.fault(
                    """
                    has vectors of \(dimension) numbers; the limit is \
                    \(CollectionSettings.dimensions.upperBound)
                    """)
            }
            // Cannot overflow: both numbers are within their limits.
            let ids = kind == .queries ? 0 : 8 * count
            let expected = PackedVectors.headerBytes + ids + 4 * count * dimension
            guard kind == .results ? bytes.count >= expected : bytes.count == expected else {
                throw Self.wrongLength(expected, bytes.count)
            }
        }

        static func wrongLength(_ expected: Int, _ found: Int) -> CollectionError {
            fault("has \(found) bytes; by its header it has \(expected)")
        }

        private static func fault(_ reason: String) -> CollectionError {
            .invalid(field: "the body", reason: reason)
        }

        /// A number of the body; every place that the header speaks of is there.
        func integer<Value: FixedWidthInteger>(at offset: Int, as type: Value.Type) -> Value {
            Self.integer(bytes, at: offset, as: type)
        }

        private static func integer<Value: FixedWidthInteger>(
            _ bytes: [UInt8], at offset: Int, as type: Value.Type
        ) -> Value {
            precondition(offset >= 0 && offset + MemoryLayout<Value>.size <= bytes.count, "outside the body")
            // Bounds: checked above.
            return bytes.withUnsafeBytes {
                Value(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Value.self))
            }
        }

        /// A vector of the body, whose vectors begin at `start`.
        func row(_ position: Int, from start: Int) -> [Float] {
            let place = start + 4 * dimension * position
            precondition(place >= 0 && place + 4 * dimension <= bytes.count, "a row outside the body")
            return [Float](unsafeUninitializedCapacity: dimension) { floats, filled in
                bytes.withUnsafeBytes { source in
                    // Bounds: checked above. The order of bytes is this processor's own; see ``VectorBlob``.
                    UnsafeMutableRawBufferPointer(floats).copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: source[place..<place + 4 * dimension]))
                }
                filled = dimension
            }
        }
    }
}
