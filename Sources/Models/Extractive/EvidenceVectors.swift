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

    private static let headerBytes = 6
    private var stride: Int { 4 + dimension }

    /// - Parameters:
    ///   - vectors: one a unit, all of one length, at most 65,535 of each.
    ///   - rules: the version of the rules that cut the units.
    public init(_ vectors: [[Float]], rules: Int) {
        count = vectors.count
        dimension = vectors.first?.count ?? 0
        precondition(count <= UInt16.max && dimension <= UInt16.max, "\(count) vectors of \(dimension)")
        var bytes: [UInt8] = [Self.formatVersion, UInt8(truncatingIfNeeded: rules)]
        bytes.reserveCapacity(Self.headerBytes + count * (4 + dimension))
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
        let bytes = [UInt8](data)
        guard bytes.count >= Self.headerBytes, bytes[0] == Self.formatVersion,
            bytes[1] == UInt8(truncatingIfNeeded: rules)
        else { return nil }
        count = Int(bytes[2]) | Int(bytes[3]) << 8
        dimension = Int(bytes[4]) | Int(bytes[5]) << 8
        guard bytes.count == Self.headerBytes + count * (4 + dimension) else { return nil }
        self.bytes = bytes
    }

    public var data: Data { Data(bytes) }

    /// The greatest similarity of a unit to a vector of length 1; `nil` if there is no unit or the vector is of another
    /// dimension.
    public func best(to vector: [Float]) -> Double? {
        guard vector.count == dimension else { return nil }
        return (0..<count).lazy.map { cosine($0, to: vector) }.max()
    }

    /// The similarity of unit `offset` to a vector of length 1: −1 to 1, as the units' vectors have length 1 too.
    public func cosine(_ offset: Int, to vector: [Float]) -> Double {
        precondition((0..<count).contains(offset) && vector.count == dimension)
        let start = Self.headerBytes + offset * stride
        let scale = Float(
            bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) })
        return Double(Self.dot(vector, bytes[(start + 4)..<(start + stride)]) * scale)
    }

    /// The sum of products, eight at a time.
    private static func dot(_ vector: [Float], _ codes: ArraySlice<UInt8>) -> Float {
        var sums = SIMD8<Float>()
        var offset = 0
        let start = codes.startIndex
        while offset + 8 <= vector.count {
            var values = SIMD8<Float>()
            var factors = SIMD8<Float>()
            for lane in 0..<8 {
                values[lane] = vector[offset + lane]
                factors[lane] = Float(Int8(bitPattern: codes[start + offset + lane]))
            }
            sums += values * factors
            offset += 8
        }
        var rest: Float = 0
        while offset < vector.count {
            rest += vector[offset] * Float(Int8(bitPattern: codes[start + offset]))
            offset += 1
        }
        return sums.sum() + rest
    }
}
