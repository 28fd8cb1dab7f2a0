import Text

/// What libFuzzer calls with each input: a page goes the whole way to chunks, and what must hold is checked.
///
/// Built by `scripts/fuzz` into one module with the parser. A broken promise stops the program, which
/// libFuzzer reports with the input that did it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzStorageFormat(_ data: UnsafePointer<UInt8>?, _ byteCount: Int) -> CInt {
    let source = String(decoding: UnsafeBufferPointer(start: data, count: byteCount), as: UTF8.self)
    let parser = StorageFormatParser()
    if ADFParser.canRead(source) {
        if let page = try? ADFParser().parse(source) { check(page) }
        return 0
    }
    guard let page = try? parser.parse(source) else { return 0 }
    if let tree = StorageFormatScanner.scan(source, into: parser.emptyTree(byteCount: byteCount)) {
        let long = try? parser.cleanedTree(of: source)
        precondition(long?.1 == [], "the scanner took a page that is not well-formed")
        var (one, other) = (StorageFormatBuilder(tree), StorageFormatBuilder(long?.0 ?? StorageFormatTree()))
        precondition(one.page() == other.page(), "the scanner reads otherwise than libxml2")
    }
    check(page)
    return 0
}

private func check(_ page: ParsedPage) {
    let text = TextRenderer().render(page.blocks, title: "Title")
    let bytes = Array(text.text.utf8)
    var end = 0
    for unit in text.units {
        precondition(unit.range.lowerBound >= end && unit.range.upperBound <= bytes.count)
        precondition(!unit.range.isEmpty && text.sections.indices.contains(unit.section))
        precondition(String(validating: bytes[unit.range], as: UTF8.self) != nil)
        end = unit.range.upperBound
    }
    for chunk in Chunker(counter: EstimatedTokenCounter()).chunks(of: text, title: "Title") {
        precondition(chunk.range.lowerBound >= 0 && chunk.range.upperBound <= bytes.count)
        precondition(String(validating: bytes[chunk.range], as: UTF8.self) != nil)
    }
    _ = MarkdownRenderer().render(page.blocks)
}
