import Corpus

/// Stands for several names in a unique index: a row of an index holds about 2,700 bytes, and two names may have
/// 2,000 each.
enum NameDigest {
    /// SHA-256 in hexadecimal of the names as they are kept, with a NUL between each two, which no kept name has.
    static func of(_ names: String...) -> String {
        ContentHash.of(
            names.map { $0.utf8.contains(0) ? $0.replacing("\0", with: "\u{FFFD}") : $0 }
                .joined(separator: "\0"))
    }
}
