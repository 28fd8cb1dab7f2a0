import Synchronization

/// Numbers what a run's searches found, so that a model's `[3]` stands for one passage in the whole run; a fact of
/// its ``RunContext``.
public final class RunSources: Sendable {
    private let sources = Mutex<[ChatMessage.Citation]>([])

    public init() {}

    /// The number of a source: the one it has had, or the next one.
    public func number(title: String, url: String?, passage: Int64?, quote: String) -> Int {
        sources.withLock { sources in
            let known = sources.first {
                passage != nil
                    ? $0.passage == passage : $0.passage == nil && $0.url == url && $0.quote == quote
            }
            if let known { return known.number }
            sources.append(
                ChatMessage.Citation(
                    number: sources.count + 1, title: title, url: url, passage: passage, quote: quote))
            return sources.count
        }
    }

    /// The source with a number; `nil` for one that was never given.
    public subscript(number: Int) -> ChatMessage.Citation? {
        sources.withLock { $0.indices.contains(number - 1) ? $0[number - 1] : nil }
    }

    public var count: Int { sources.withLock { $0.count } }
}
