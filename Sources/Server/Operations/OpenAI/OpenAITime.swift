import Foundation

/// Times as OpenAI writes them.
enum OpenAITime {
    /// Whole seconds since 1970.
    static func seconds(_ time: Date) -> Int {
        Int(exactly: time.timeIntervalSince1970.rounded(.down)) ?? 0
    }
}
