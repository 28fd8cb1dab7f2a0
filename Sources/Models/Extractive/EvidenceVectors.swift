import Foundation

/// The vectors of a passage's units, eight bits a number, as they are kept with the passage.
///
/// Each is the mean of the embedding model's token vectors over the unit, taken from the pass that embedded the
/// whole passage, so that it costs nothing more and knows what stands around it (Günther et al., “Late chunking”,
/// 2024).
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 1 | ``formatVersion`` |
/// | 1 | 1 | the version of the rules by which units are cut |
/// | 2 | 2 | units, little-endian |
/// | 4 | 2 | dimension, little-endian |
/// | 6 | | for each unit: its scale (float32, little-endian), then its numbers, each −127…127 times the scale |
public struct EvidenceVectors: Sendable, Hashable {
    public static let formatVersion: UInt8 = 1

    public let count: Int
    public let dimension: Int
    private let bytes: [UInt8]

    /// - Parameters:
    ///   - vectors: one a unit, all of one length, at most 65,535 of each.
    ///   - rules: the version of the rules that cut the units.
    public init(_ vectors: [[Float]], rules: Int) {
        count = vectors.count
        dimension = vectors.first?.count ?? 0
        precondition(count <= UInt16.max && dimension <= UInt16.max, "\(count) vectors of \(dimension)")
        var bytes: [UInt8] = [Self.formatVersion, UInt8(truncatingIfNeeded: rules)]
        bytes.reserveCapacity(Shape.headerBytes + count * (4 + dimension))
        for value in [UInt16(count), UInt16(dimension)] {
            bytes += [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
        }
        for vector in vectors {
            precondition(vector.count == dimension, "a vector of \(vector.count) among those of \(dimension)")
            let largest = vector.reduce(0) { max($0, abs($1)) }
            let scale = largest / 127
            for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: scale.bitPattern >> shift)) }
            for value in vector {
                let code = scale > 0 ? (value / scale).rounded() : 0
                bytes.append(UInt8(bitPattern: Int8(max(-127, min(127, code)))))
            }
        }
        self.bytes = bytes
    }

    /// Reads what ``data`` gave; `nil` for anything else, or for units cut by other rules.
    public init?(_ data: Data, rules: Int) {
        guard let shape = Shape(data.bytes, rules: rules) else { return nil }
        (count, dimension) = (shape.count, shape.dimension)
        bytes = [UInt8](data)
    }

    public var data: Data { Data(bytes) }

    /// The greatest similarity of a unit of what ``data`` gave to a vector of length 1, without copying it; `nil` if
    /// there is no unit, the vector is of another dimension, or ``init(_:rules:)`` would not read it.
    public static func best(in data: Data, rules: Int, to vector: [Float]) -> Double? {
        let bytes = data.bytes
        guard let shape = Shape(bytes, rules: rules), vector.count == shape.dimension else { return nil }
        var best: Double?
        for unit in 0..<shape.count {
            let cosine = shape.cosine(unit, of: bytes, to: vector.span)
            if best.map({ cosine > $0 }) ?? true { best = cosine }
        }
        return best
    }

    /// The greatest similarity of a unit to a vector of length 1; `nil` if there is no unit or the vector is of another
    /// dimension.
    public func best(to vector: [Float]) -> Double? {
        guard vector.count == dimension else { return nil }
        return (0..<count).lazy.map { cosine($0, to: vector) }.max()
    }

    /// The similarity of unit `offset` to a vector of length 1: −1 to 1, as the units' vectors have length 1 too.
    public func cosine(_ offset: Int, to vector: [Float]) -> Double {
        precondition((0..<count).contains(offset) && vector.count == dimension)
        return Shape(count: count, dimension: dimension).cosine(
            offset, of: bytes.span.bytes, to: vector.span)
    }
}

/// Where the numbers of some evidence stand among its bytes.
private struct Shape {
    var count: Int
    var dimension: Int

    static let headerBytes = 6

    init(count: Int, dimension: Int) { (self.count, self.dimension) = (count, dimension) }

    /// `nil` for bytes of another format, of other rules, or of another number than their header says.
    init?(_ bytes: RawSpan, rules: Int) {
        func byte(_ offset: Int) -> Int { Int(bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)) }
        guard bytes.byteCount >= Self.headerBytes, byte(0) == EvidenceVectors.formatVersion,
            byte(1) == UInt8(truncatingIfNeeded: rules)
        else { return nil }
        (count, dimension) = (byte(2) | byte(3) << 8, byte(4) | byte(5) << 8)
        guard bytes.byteCount == Self.headerBytes + count * (4 + dimension) else { return nil }
    }

    func cosine(_ unit: Int, of bytes: RawSpan, to vector: Span<Float>) -> Double {
        precondition(unit >= 0 && unit < count && vector.count == dimension)
        precondition(bytes.byteCount == Self.headerBytes + count * (4 + dimension))
        let start = Self.headerBytes + unit * (4 + dimension)
        // Bounds: checked above, for the whole unit.
        let scale = UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt32.self))
        let dot = Self.dot(vector, bytes.extracting((start + 4)..<(start + 4 + dimension)))
        return Double(dot * Float(bitPattern: scale))
    }

    /// The sum of products, eight at a time.
    private static func dot(_ vector: Span<Float>, _ codes: RawSpan) -> Float {
        precondition(vector.count == codes.byteCount)
        let floats = vector.bytes
        var sums = SIMD8<Float>()
        var offset = 0
        while offset + 8 <= codes.byteCount {
            // Bounds: both have eight more numbers.
            let values = floats.unsafeLoadUnaligned(
                fromUncheckedByteOffset: 4 * offset, as: SIMD8<Float>.self)
            let factors = codes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: SIMD8<Int8>.self)
            sums += values * SIMD8<Float>(factors)
            offset += 8
        }
        var rest: Float = 0
        while offset < codes.byteCount {
            let code = codes.unsafeLoad(fromByteOffset: offset, as: Int8.self)
            rest += vector[offset] * Float(code)
            offset += 1
        }
        return sums.sum() + rest
    }
}
