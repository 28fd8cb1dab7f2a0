import Foundation

extension PostgresRow {
    /// `bigint[]`; absent elements are refused.
    public func ints(_ column: Int) throws -> [Int64] {
        try elements(column, "list of whole numbers") { bytes in
            bytes.count == 8 ? Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)) : nil
        }
    }

    public func texts(_ column: Int) throws -> [String] {
        try elements(column, "list of texts") { String(decoding: $0, as: UTF8.self) }
    }

    /// `real[]`.
    public func floats(_ column: Int) throws -> [Float] {
        try elements(column, "list of numbers") { bytes in
            bytes.count == 4
                ? Float(bitPattern: UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))) : nil
        }
    }

    /// The elements of an array of one dimension. Its own lengths are not believed: each is held against what is there.
    private func elements<Element>(
        _ column: Int, _ expected: String, _ read: (UnsafeRawBufferPointer) -> Element?
    ) throws -> [Element] {
        let fault = PostgresError.unexpectedValue(
            server: result.server, column: result.name(of: column), expected: expected)
        let found = try result.cell(index, column) { bytes, _ -> [Element] in
            func number(at place: Int) throws -> Int {
                guard place >= 0, place + 4 <= bytes.count else { throw fault }
                return Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: Int32.self)))
            }
            guard try number(at: 0) != 0 else { return [] }
            guard try number(at: 0) == 1 else { throw fault }
            let count = try number(at: 12)
            // Each element has four bytes of length at least.
            guard count >= 0, count <= (bytes.count - 20) / 4 else { throw fault }
            var elements: [Element] = []
            elements.reserveCapacity(count)
            var place = 20
            for _ in 0..<count {
                let length = try number(at: place)
                guard length >= 0, place + 4 + length <= bytes.count else { throw fault }
                let slice = UnsafeRawBufferPointer(rebasing: bytes[(place + 4)..<(place + 4 + length)])
                guard let element = read(slice) else { throw fault }
                elements.append(element)
                place += 4 + length
            }
            return elements
        }
        guard let found else { throw fault }
        return found
    }
}
