import Foundation

/// Bytes as people read them.
enum ByteCount {
    static func text(_ bytes: Int) -> String {
        let formatter = ByteCountFormatter()
        formatter.allowsNonnumericFormatting = false
        return formatter.string(fromByteCount: Int64(bytes))
    }
}
