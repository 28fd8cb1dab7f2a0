import Synchronization

/// Cuts text into the terms that are indexed and looked up: one way for documents and queries.
///
/// Words by UAX #29, NFKC, full case folding, diacritics folded beside the written form, Snowball stems beside the
/// surface, identifiers whole and in parts, single characters and pairs of scripts without blanks. What is written
/// the same, or the same but for case, width, diacritics or an identifier's joints, meets whatever the language is
/// taken for, because a stem is only ever added. `docs/search.md` tells it with examples.
///
/// Any thread may call; terms of words seen before come from a cache. Linear in the text's length.
public struct Analyzer: Sendable {
    /// Goes up with every change of what ``tokens(of:languages:)`` gives; an index that was built with another
    /// version must be built anew.
    public static let version = 1
    /// UTF-8 bytes that a term may have; what is longer is cut, in documents and queries alike.
    public static let termByteLimit = 128

    public init() {}

    /// The terms of a text in order of position.
    ///
    /// - Parameter languages: those that the text is known to be in, as its page's for a title; `nil` finds out.
    public func tokens(of text: String, languages: [Language]? = nil) -> [Token] {
        Self.withWorker { $0.tokens(of: Array(text.utf8), languages: languages) }
    }

    /// The languages that a text seems to be written in, the likeliest first; at most two, and none when nothing
    /// tells.
    public func languages(of text: String) -> [Language] {
        Self.withWorker { worker in
            worker.languages(of: worker.units(of: Array(text.utf8)))
        }
    }

    /// Lends a worker that nobody else has meanwhile.
    static func withWorker<R>(_ body: (AnalysisWorker) -> R) -> R {
        let worker = idle.withLock { $0.popLast() } ?? AnalysisWorker()
        defer {
            idle.withLock { if $0.count < idleLimit { $0.append(worker) } }
        }
        return body(worker)
    }

    private static let idle = Mutex<[AnalysisWorker]>([])
    /// A worker's cache takes some megabytes.
    private static let idleLimit = 8
}
