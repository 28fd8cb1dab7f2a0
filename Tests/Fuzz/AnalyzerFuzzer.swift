/// What libFuzzer calls with each input: a text is cut into terms and read as a query, and what must hold is checked.
///
/// Built by `scripts/fuzz` into one module with the analyzer. A broken promise stops the program, which libFuzzer
/// reports with the input that did it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAnalyzer(_ data: UnsafePointer<UInt8>?, _ byteCount: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: data, count: byteCount), as: UTF8.self)
    let bytes = Array(text.utf8)
    let tokens = Analyzer().tokens(of: text)
    var position = 0
    for token in tokens {
        precondition(token.position >= position, "positions fall")
        precondition(
            !token.term.isEmpty && token.term.utf8.count <= Analyzer.termByteLimit, "a term's length")
        precondition(
            token.utf8Range.lowerBound >= 0 && token.utf8Range.upperBound <= bytes.count, "out of the text")
        precondition(!token.utf8Range.isEmpty, "nothing was written")
        precondition(String(validating: bytes[token.utf8Range], as: UTF8.self) != nil, "cut through a scalar")
        position = token.position
    }
    precondition(Analyzer().tokens(of: text) == tokens, "the cache changes what is found")
    if !bytes.contains(where: { $0 >= 0x80 }) {
        precondition(clusters(bytes, byBytes: true) == clusters(bytes, byBytes: false), "two ways differ")
    }
    let query = QueryAnalysis(text, completesLastWord: true)
    precondition(
        query.words.count <= QueryAnalysis.wordLimit && query.phrases.count <= QueryAnalysis.phraseLimit)
    let terms = Set(tokens.map(\.term))
    for word in query.words {
        precondition(word.variants.contains { terms.contains($0.term) }, "a query does not meet its own text")
    }
    var end = 0
    for range in Highlighter(query).ranges(in: text) {
        precondition(range.lowerBound >= end && range.upperBound <= bytes.count && !range.isEmpty)
        end = range.upperBound
    }
    return 0
}

private func clusters(_ bytes: [UInt8], byBytes: Bool) -> [ClusterScanner.Found] {
    var scanner = ClusterScanner(bytes, usesBytes: byBytes)
    var found: [ClusterScanner.Found] = []
    while let next = scanner.next() { found.append(next) }
    return found
}
