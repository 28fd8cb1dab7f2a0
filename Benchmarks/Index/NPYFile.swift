import Foundation

/// A matrix in NumPy's array file (numpy.lib.format, versions 1 to 3; little-endian, rows in C order), mapped
/// into memory so that opening costs nothing and only the rows asked for are read.
///
/// | offset | size | meaning |
/// |---|---|---|
/// | 0 | 6 | `\x93NUMPY` |
/// | 6 | 2 | version, major and minor |
/// | 8 | 2, from version 2 on 4 | bytes of the header, *h* |
/// | 10 or 12 | *h* | a Python literal: `descr`, `fortran_order`, `shape` |
/// | behind it | rows × columns × element | the elements |
struct NPYFile<Element> {
    /// Vectors in the file.
    let rows: Int
    /// Elements of a vector.
    let columns: Int
    private let data: Data
    private let start: Int

    /// - Parameter type: NumPy's name of the element type, such as `<f4`.
    init(_ url: URL, type: String) throws {
        let data = try Data(contentsOf: url, options: .alwaysMapped)
        let name = url.lastPathComponent
        let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
        guard data.count > 12, data.starts(with: magic) else {
            throw BenchmarkError("\(name) is not a NumPy array file.")
        }
        let lengthBytes = data[6] == 1 ? 2 : 4
        let headerBytes = (0..<lengthBytes).reduce(0) { $0 | Int(data[8 + $1]) << (8 * $1) }
        let start = 8 + lengthBytes + headerBytes
        guard start <= data.count else { throw BenchmarkError("\(name) ends inside its header.") }
        let header = String(decoding: data[(8 + lengthBytes)..<start], as: UTF8.self)
        let shape = header.split(separator: "(").last?.split(separator: ")").first ?? ""
        let sizes = shape.split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        guard header.contains("'\(type)'"), header.contains("'fortran_order': False"), sizes.count == 2 else {
            throw BenchmarkError("\(name) is not a \(type) matrix in C order: \(header)")
        }
        (self.data, self.start, rows, columns) = (data, start, sizes[0], sizes[1])
        let expected = start + sizes[0] * sizes[1] * MemoryLayout<Element>.size
        guard data.count == expected else {
            throw BenchmarkError("\(name) has \(data.count) bytes; its header promises \(expected).")
        }
    }

    /// Rows of the file as arrays of their own, each copied once.
    func read(_ range: Range<Int>) throws -> [[Element]] {
        guard range.lowerBound >= 0, range.upperBound <= rows else {
            throw BenchmarkError("rows \(range) are asked for; the file has \(rows).")
        }
        let rowBytes = columns * MemoryLayout<Element>.size
        return data.withUnsafeBytes { bytes in
            range.map { row in
                let offset = start + row * rowBytes
                let source = UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + rowBytes)])
                return [Element](unsafeUninitializedCapacity: columns) { target, count in
                    UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
                    count = columns
                }
            }
        }
    }
}
