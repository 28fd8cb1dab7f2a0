import Foundation

/// Writes a float32 matrix as NumPy reads it (format 1.0), row by row, and gives it its name when it is whole.
///
/// | offset | size | meaning |
/// |---|---|---|
/// | 0 | 6 | `\x93NUMPY` |
/// | 6 | 2 | version 1.0 |
/// | 8 | 2 | header length, little-endian |
/// | 10 | n | header: a Python literal, padded with spaces to a multiple of 64 |
/// | 10 + n | rows × columns × 4 | values, little-endian, row by row |
final class NumpyFile {
    private let path: String
    private let temporary: String
    private let handle: FileHandle

    init(path: String, rows: Int, columns: Int) throws {
        self.path = path
        temporary = path + ".partial"
        guard FileManager.default.createFile(atPath: temporary, contents: nil),
            let handle = FileHandle(forWritingAtPath: temporary)
        else {
            throw CommandError(
                "\(path) cannot be written. Check that the folder exists and that you may write there.")
        }
        self.handle = handle
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
        let padding = 64 - (10 + header.utf8.count + 1) % 64
        header += String(repeating: " ", count: padding % 64) + "\n"
        var data = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0])
        data.append(UInt8(header.utf8.count & 0xFF))
        data.append(UInt8(header.utf8.count >> 8))
        data.append(contentsOf: header.utf8)
        try handle.write(contentsOf: data)
    }

    func append(_ rows: [[Float]]) throws {
        var data = Data(capacity: rows.count * (rows.first?.count ?? 0) * 4)
        for row in rows {
            for value in row {
                withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
            }
        }
        do {
            try handle.write(contentsOf: data)
        } catch {
            throw CommandError("\(path) cannot be written to its end; the disk may be full.")
        }
    }

    func finish() throws {
        try handle.close()
        guard rename(temporary, path) == 0 else {
            throw CommandError("\(path) cannot be replaced: \(String(cString: strerror(errno))).")
        }
    }

    deinit {
        unlink(temporary)
    }
}
