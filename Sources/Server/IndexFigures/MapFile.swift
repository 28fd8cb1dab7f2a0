import Foundation
import VectorIndex

/// A map of the index on disk. It is derived data: one that cannot be read is drawn again.
///
/// Little-endian:
///
/// | offset | size | meaning |
/// |---|---|---|
/// | 0 | 8 | `MLRCMAP1` |
/// | 8 | 8 | points, *n* |
/// | 16 | 8 | vectors of the index that it was drawn of |
/// | 24 | 8 | what their ids come to |
/// | 32 | 8 | seed |
/// | 40 | 8 | seconds since 1970, as a double |
/// | 48 | 8 | seconds that it took, as a double |
/// | 56 | 1 | how it was drawn: 0 neighbours, 1 components, 2 none |
/// | 57 | 1 | whether it is a sample |
/// | 58 | 6 | zeros |
/// | 64 | 8 *n* | ids, ascending |
/// | 64 + 8 *n* | 2 *n* | x |
/// | 64 + 10 *n* | 2 *n* | y |
/// | 64 + 12 *n* | 8 | FNV-1a (64 bits) of all before |
enum MapFile {
    static let name = "embedding.map"
    private static let magic = Array("MLRCMAP1".utf8)
    private static let headBytes = 64
    private static let methods: [EmbeddingMap.Method] = [.neighbours, .components, .none]

    static func write(_ drawn: IndexMaps.Drawn, in folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let map = drawn.map
        var data = Data(capacity: headBytes + 12 * map.count + 8)
        data.append(contentsOf: magic)
        for number in [
            UInt64(map.count), UInt64(drawn.fingerprint.count), drawn.fingerprint.sum, map.seed,
            drawn.at.timeIntervalSince1970.bitPattern, (drawn.took / .seconds(1)).bitPattern,
        ] {
            data.append(little: number)
        }
        data.append(UInt8(methods.firstIndex(of: map.method) ?? 0))
        data.append(map.isSample ? 1 : 0)
        data.append(contentsOf: [UInt8](repeating: 0, count: 6))
        for id in map.ids { data.append(little: id) }
        for place in map.x { data.append(little: place) }
        for place in map.y { data.append(little: place) }
        data.append(little: checksum(data[...]))
        try data.write(to: folder.appendingPathComponent(name), options: .atomic)
    }

    /// - Returns: `nil` when there is none, or it is not whole.
    static func read(in folder: URL) -> IndexMaps.Drawn? {
        guard let data = try? Data(contentsOf: folder.appendingPathComponent(name)),
            data.count >= headBytes + 8, data.prefix(8).elementsEqual(magic)
        else { return nil }
        let count = data.little(UInt64.self, at: 8)
        guard count <= UInt64(EmbeddingMap.pointLimit), data.count == headBytes + 12 * Int(count) + 8,
            data.little(UInt64.self, at: data.count - 8) == checksum(data.dropLast(8))
        else { return nil }
        let n = Int(count)
        let ids = (0..<n).map { data.little(UInt64.self, at: headBytes + 8 * $0) }
        let method = Int(data[56])
        // A map that another Millrace drew may not be in order.
        guard method < methods.count, zip(ids, ids.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
        return IndexMaps.Drawn(
            map: EmbeddingMap(
                ids: ids, x: (0..<n).map { data.little(UInt16.self, at: headBytes + 8 * n + 2 * $0) },
                y: (0..<n).map { data.little(UInt16.self, at: headBytes + 10 * n + 2 * $0) },
                method: methods[method], isSample: data[57] == 1, seed: data.little(UInt64.self, at: 32)),
            fingerprint: IndexFingerprint(
                count: Int(clamping: data.little(UInt64.self, at: 16)),
                sum: data.little(UInt64.self, at: 24)),
            at: Date(timeIntervalSince1970: Double(bitPattern: data.little(UInt64.self, at: 40))),
            took: .seconds(seconds(Double(bitPattern: data.little(UInt64.self, at: 48)))))
    }

    private static func seconds(_ value: Double) -> Double {
        value.isFinite && (0...1e6).contains(value) ? value : 0
    }

    private static func checksum(_ data: Data) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in data { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }
}

extension Data {
    /// Adds a number, its lowest byte first.
    mutating func append(little number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    /// The number whose lowest byte stands at `offset` of data that begins at 0.
    func little<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number {
        let bytes = MemoryLayout<Number>.size
        precondition(offset >= 0 && offset <= count - bytes, "\(bytes) bytes at \(offset) of \(count)")
        return (0..<bytes).reduce(0) {
            $0 | Number(truncatingIfNeeded: self[startIndex + offset + $1]) << Number($1 * 8)
        }
    }
}
