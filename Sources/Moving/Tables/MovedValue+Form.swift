import Foundation

/// The one form in which values of both databases are compared, and in which the last key of a page is kept.
///
/// | bytes | meaning |
/// |---|---|
/// | 1 | 0 NULL, 1 whole number, 2 double, 3 text, 4 bytes |
/// | 8 | of 1 the number, of 2 the bit pattern, of 3 and 4 the length of what follows; big-endian; none after 0 |
/// | … | of 3 UTF-8, of 4 the bytes |
extension MovedValue {
    func append(to form: inout [UInt8]) {
        switch self {
        case .null: form.append(0)
        case .integer(let value): Self.append(1, UInt64(bitPattern: value), to: &form)
        case .real(let value): Self.append(2, value.bitPattern, to: &form)
        case .text(let value):
            Self.append(3, UInt64(value.utf8.count), to: &form)
            form.append(contentsOf: value.utf8)
        case .bytes(let value):
            Self.append(4, UInt64(value.count), to: &form)
            form.append(contentsOf: value)
        }
    }

    private static func append(_ tag: UInt8, _ number: UInt64, to form: inout [UInt8]) {
        form.append(tag)
        Swift.withUnsafeBytes(of: number.bigEndian) { form.append(contentsOf: $0) }
    }

    /// The form of a whole row, or of a key.
    static func form(_ values: [MovedValue]) -> [UInt8] {
        var form: [UInt8] = []
        for value in values { value.append(to: &form) }
        return form
    }

    /// What ``form(_:)`` has written.
    ///
    /// - Returns: `nil` when the bytes are no such form; no length in them is believed.
    static func values(ofForm form: [UInt8]) -> [MovedValue]? {
        var values: [MovedValue] = []
        var rest = form[...]
        while let tag = rest.popFirst() {
            guard tag != 0 else {
                values.append(.null)
                continue
            }
            guard rest.count >= 8 else { return nil }
            let number = rest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            rest = rest.dropFirst(8)
            switch tag {
            case 1: values.append(.integer(Int64(bitPattern: number)))
            case 2: values.append(.real(Double(bitPattern: number)))
            case 3, 4:
                guard let length = Int(exactly: number), length <= rest.count else { return nil }
                let content = rest.prefix(length)
                values.append(
                    tag == 3 ? .text(String(decoding: content, as: UTF8.self)) : .bytes(Data(content)))
                rest = rest.dropFirst(length)
            default: return nil
            }
        }
        return values
    }
}
