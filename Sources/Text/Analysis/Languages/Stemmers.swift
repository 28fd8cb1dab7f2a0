import CStemmer

/// Snowball's algorithms, each made when first asked for. The one file that imports libstemmer.
struct Stemmers {
    private var handles: [Language: Handle] = [:]

    /// What is left of a word, or `nil` when the algorithm is missing or out of memory.
    ///
    /// - Parameter word: in small letters, composed.
    mutating func stem(_ word: String, in language: Language) -> String? {
        if let handle = handles[language] { return handle.stem(word) }
        guard let handle = Handle(language) else { return nil }
        handles[language] = handle
        return handle.stem(word)
    }

    private final class Handle {
        private let pointer: OpaquePointer

        init?(_ language: Language) {
            guard let pointer = sb_stemmer_new(language.rawValue, "UTF_8") else { return nil }
            self.pointer = pointer
        }

        deinit { sb_stemmer_delete(pointer) }

        /// The library reads `count` bytes at `base`, which are those of the lent buffer, and answers with bytes of
        /// its own that stand until its next call: they are copied before this returns.
        func stem(_ word: String) -> String? {
            var word = word
            return word.withUTF8 { bytes -> String? in
                guard let base = bytes.baseAddress, let size = CInt(exactly: bytes.count),
                    let result = sb_stemmer_stem(pointer, base, size)
                else { return nil }
                let length = Int(sb_stemmer_length(pointer))
                return String(decoding: UnsafeBufferPointer(start: result, count: length), as: UTF8.self)
            }
        }
    }
}
