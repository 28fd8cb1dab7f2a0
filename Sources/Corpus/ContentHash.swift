import Crypto
import Foundation

/// The name of a text: equal texts have equal ones, and others do not.
public enum ContentHash {
    /// SHA-256 in hexadecimal: under it the embedding of a text is kept.
    public static func of(_ text: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var result: [UInt8] = []
        result.reserveCapacity(64)
        for byte in SHA256.hash(data: Data(text.utf8)) {
            result.append(digits[Int(byte >> 4)])
            result.append(digits[Int(byte & 15)])
        }
        return String(decoding: result, as: UTF8.self)
    }
}
