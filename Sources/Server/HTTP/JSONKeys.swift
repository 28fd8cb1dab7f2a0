import Foundation

/// Finds a key that an object has twice.
///
/// RFC 8259 leaves open which of the two counts, and readers differ: a proxy that looks at the one and a server that
/// acts by the other can be played off against each other (RFC 7493, section 2.3). Decoders pass over it in silence.
struct JSONKeys {
    private let bytes: [UInt8]
    private var index = 0
    /// The keys so far of each object that is open; `nil` for a list.
    private var open: [Set<String>?] = []
    /// Whether the next text is a key.
    private var expectsKey = false

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The first such key, and the byte at which it stands for the second time. Of what is no JSON it finds nothing
    /// or anything; the decoder refuses that.
    static func firstDuplicate(in text: Data) -> (key: String, offset: Int)? {
        var keys = JSONKeys(Array(text))
        return keys.find()
    }

    private mutating func find() -> (key: String, offset: Int)? {
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "{"):
                open.append([])
                expectsKey = true
            case UInt8(ascii: "["):
                open.append(nil)
                expectsKey = false
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                _ = open.popLast()
                expectsKey = false
            case UInt8(ascii: ","): expectsKey = (open.last ?? nil) != nil
            case UInt8(ascii: "\""):
                let start = index
                skipText()
                if expectsKey, index < bytes.count {
                    expectsKey = false
                    let key = Self.key(bytes[start...index])
                    if open[open.count - 1]?.insert(key).inserted == false { return (key, start) }
                }
            default: break
            }
            guard open.count <= JSONSyntax.depthLimit else { return nil }
            index += 1
        }
        return nil
    }

    /// From the opening quote to the closing one, or to the end.
    private mutating func skipText() {
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
    }

    /// What a text in quotes means: `"a"` and `"\u0061"` are one key.
    private static func key(_ quoted: ArraySlice<UInt8>) -> String {
        let plain = String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self)
        guard quoted.contains(UInt8(ascii: "\\")) else { return plain }
        return (try? JSONDecoder().decode(String.self, from: Data(quoted))) ?? plain
    }
}
