import Foundation

/// A ZIP archive whose entries are stored as they are (PKWARE APPNOTE 6.3, method 0).
enum StoredZip {
    /// - Parameter entries: names, which must differ, with their bytes; each and all together below 4 GiB.
    static func archive(_ entries: [(name: String, data: Data)]) -> Data {
        var archive = Data()
        var directory = Data()
        for (name, data) in entries {
            let offset = archive.count
            let head = header(name, data)
            archive.append(little: 0x0403_4b50, as: UInt32.self)
            archive.append(head)
            archive.append(Data(name.utf8))
            archive.append(data)
            directory.append(little: 0x0201_4b50, as: UInt32.self)
            directory.append(little: 20, as: UInt16.self)
            directory.append(head)
            // No comment, first disk, no attributes.
            directory.append(Data(count: 10))
            directory.append(little: offset, as: UInt32.self)
            directory.append(Data(name.utf8))
        }
        let start = archive.count
        archive.append(directory)
        archive.append(little: 0x0605_4b50, as: UInt32.self)
        archive.append(Data(count: 4))
        archive.append(little: entries.count, as: UInt16.self)
        archive.append(little: entries.count, as: UInt16.self)
        archive.append(little: directory.count, as: UInt32.self)
        archive.append(little: start, as: UInt32.self)
        archive.append(Data(count: 2))
        return archive
    }

    /// What a local header and an entry of the directory have in common.
    private static func header(_ name: String, _ data: Data) -> Data {
        var head = Data()
        head.append(little: 20, as: UInt16.self)
        // Names are UTF-8.
        head.append(little: 0x0800, as: UInt16.self)
        head.append(little: 0, as: UInt16.self)
        // 1980-01-01 00:00, so that equal contents are equal archives.
        head.append(little: 0, as: UInt16.self)
        head.append(little: 0x0021, as: UInt16.self)
        head.append(little: Int(checksum(data)), as: UInt32.self)
        head.append(little: data.count, as: UInt32.self)
        head.append(little: data.count, as: UInt32.self)
        head.append(little: name.utf8.count, as: UInt16.self)
        head.append(little: 0, as: UInt16.self)
        return head
    }

    /// CRC-32 (ISO 3309).
    private static func checksum(_ data: Data) -> UInt32 {
        var sum: UInt32 = 0xffff_ffff
        for byte in data { sum = table[Int((sum ^ UInt32(byte)) & 0xff)] ^ (sum >> 8) }
        return ~sum
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { sum, _ in sum & 1 == 1 ? 0xedb8_8320 ^ (sum >> 1) : sum >> 1 }
    }
}

extension Data {
    fileprivate mutating func append<Width: FixedWidthInteger>(little value: Int, as type: Width.Type) {
        Swift.withUnsafeBytes(of: Width(truncatingIfNeeded: value).littleEndian) {
            append(contentsOf: $0)
        }
    }
}
