/// A page's text in the making: bytes, as pieces are added to them at less cost than to a `String`.
struct TextBytes {
    private var bytes: [UInt8] = []

    var count: Int { bytes.count }
    var isEmpty: Bool { bytes.isEmpty }
    var string: String { String(decoding: bytes, as: UTF8.self) }

    mutating func append(_ text: String) {
        text.utf8.span.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ byte: UInt8, count: Int) {
        for _ in 0..<count { bytes.append(byte) }
    }
}
