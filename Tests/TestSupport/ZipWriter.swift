import Foundation

/// A writer of zip files with stored entries, faithful enough for any reader, and able to lie on demand.
public struct ZipWriter {
    private var body = Data()
    private var directory = Data()
    private var count: UInt16 = 0

    public init() {}

    /// - Parameter isEncrypted: whether to claim that the entry is encrypted.
    public mutating func add(_ name: String, _ data: Data, isEncrypted: Bool = false) {
        let flags: UInt16 = 0x800 | (isEncrypted ? 1 : 0)
        var common = Data()
        common.append(littleEndian: UInt16(20))
        common.append(littleEndian: flags)
        common.append(littleEndian: UInt16(0))
        common.append(littleEndian: UInt32(0x5A21_0000))
        common.append(littleEndian: Self.checksum(data))
        common.append(littleEndian: UInt32(data.count))
        common.append(littleEndian: UInt32(data.count))
        common.append(littleEndian: UInt16(name.utf8.count))
        common.append(littleEndian: UInt16(0))
        let offset = UInt32(body.count)
        body.append(littleEndian: UInt32(0x0403_4B50))
        body.append(common)
        body.append(Data(name.utf8))
        body.append(data)
        directory.append(littleEndian: UInt32(0x0201_4B50))
        directory.append(littleEndian: UInt16(0x031E))
        directory.append(common)
        directory.append(littleEndian: UInt16(0))
        directory.append(littleEndian: UInt32(0))
        directory.append(littleEndian: UInt16(0))
        directory.append(littleEndian: UInt16(0x81A4))
        directory.append(littleEndian: offset)
        directory.append(Data(name.utf8))
        count += 1
    }

    public var data: Data {
        var end = Data()
        end.append(littleEndian: UInt32(0x0605_4B50))
        end.append(littleEndian: UInt32(0))
        end.append(littleEndian: count)
        end.append(littleEndian: count)
        end.append(littleEndian: UInt32(directory.count))
        end.append(littleEndian: UInt32(body.count))
        end.append(littleEndian: UInt16(0))
        return body + directory + end
    }

    /// CRC-32 as zip uses it (ISO 3309, reflected polynomial EDB88320).
    private static func checksum(_ data: Data) -> UInt32 {
        var crc: UInt32 = .max
        for byte in data {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }
}

extension Data {
    fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
