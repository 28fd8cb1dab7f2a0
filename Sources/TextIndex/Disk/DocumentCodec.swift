import VectorIndex

/// Documents as the log holds them.
///
/// A record's payload is the number of bytes (8), then so many, filled up with zeros to a multiple of 8. They
/// are one document after the other; numbers are LEB128:
///
/// | what | meaning |
/// |---|---|
/// | number | id |
/// | for each field: number, number | length; occurrences |
/// | for each occurrence: number, bytes, number | the term; the position |
/// | number | facets |
/// | for each facet: number, bytes, number, bytes | the field's name; the value |
enum DocumentCodec {
    /// Bytes after which a record ends.
    static let recordByteCount = 4 << 20
    /// Bytes of one document, so that a record holds any.
    static let documentByteLimit = 48 << 20

    /// - Throws: ``TextIndexError/documentTooLarge(id:byteCount:limit:)``.
    static func encode(_ documents: [TextDocument]) throws(TextIndexError) -> [[UInt64]] {
        var parts: [[UInt64]] = []
        var bytes: [UInt8] = []
        for document in documents {
            let start = bytes.count
            append(document, to: &bytes)
            guard bytes.count - start <= documentByteLimit else {
                throw .documentTooLarge(
                    id: document.id, byteCount: bytes.count - start, limit: documentByteLimit)
            }
            if bytes.count >= recordByteCount {
                parts.append(words(bytes))
                bytes.removeAll(keepingCapacity: true)
            }
        }
        if !bytes.isEmpty { parts.append(words(bytes)) }
        return parts
    }

    private static func words(_ bytes: [UInt8]) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: 1 + (bytes.count + 7) / 8)
        words[0] = UInt64(bytes.count)
        words.withUnsafeMutableBytes { target in
            // Bounds: behind the first word is room for all bytes.
            UnsafeMutableRawBufferPointer(rebasing: target[8...]).copyBytes(from: bytes)
        }
        return words
    }

    private static func append(_ document: TextDocument, to bytes: inout [UInt8]) {
        // Short words take 8 bytes or so; the array grows by itself if that is not enough.
        let occurrences = document.fields.reduce(0) { $0 + $1.occurrences.count }
        if bytes.capacity < bytes.count + 12 * occurrences {
            bytes.reserveCapacity(max(2 * bytes.capacity, bytes.count + 12 * occurrences))
        }
        bytes.appendNumber(document.id)
        for field in document.fields {
            bytes.appendNumber(UInt64(field.length))
            bytes.appendNumber(UInt64(field.occurrences.count))
            for occurrence in field.occurrences {
                append(occurrence.term, to: &bytes)
                bytes.appendNumber(occurrence.position)
            }
        }
        bytes.appendNumber(UInt64(document.facets.count))
        for facet in document.facets {
            append(facet.field, to: &bytes)
            append(facet.value, to: &bytes)
        }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        var text = text
        text.withUTF8 { utf8 in
            bytes.appendNumber(UInt64(utf8.count))
            bytes.append(contentsOf: utf8)
        }
    }

    /// The documents of a record; `nil` if it holds none in this form.
    static func decode(_ words: UnsafeBufferPointer<UInt64>, fieldCount: Int) -> [TextDocument]? {
        guard let byteCount = words.first, byteCount <= 8 * UInt64(words.count - 1) else { return nil }
        let raw = UnsafeRawBufferPointer(words)
        var reader = CodecReader(bytes: UnsafeRawBufferPointer(rebasing: raw[8..<8 + Int(byteCount)]))
        var documents: [TextDocument] = []
        while !reader.isAtEnd {
            guard let document = reader.document(fieldCount: fieldCount) else { return nil }
            documents.append(document)
        }
        return documents
    }
}

/// Reads what ``DocumentCodec`` wrote, never beyond its end.
private struct CodecReader {
    let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { offset == bytes.count }

    mutating func document(fieldCount: Int) -> TextDocument? {
        guard let id = number() else { return nil }
        var fields: [TextField] = []
        for _ in 0..<fieldCount {
            guard let length = number(), length <= TextDocument.lengthLimit, let count = number() else {
                return nil
            }
            var occurrences: [TermOccurrence] = []
            for _ in 0..<count {
                guard let term = text(), let position = number(), position <= UInt32.max else { return nil }
                occurrences.append(TermOccurrence(term, at: UInt32(position)))
            }
            fields.append(TextField(occurrences, length: Int(length)))
        }
        guard let count = number() else { return nil }
        var facets: [TextFacet] = []
        for _ in 0..<count {
            guard let field = text(), let value = text() else { return nil }
            facets.append(TextFacet(field: field, value: value))
        }
        return TextDocument(id: id, fields: fields, facets: facets)
    }

    private mutating func number() -> UInt64? {
        var (value, shift) = (UInt64(0), UInt64(0))
        while offset < bytes.count, shift < 64 {
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    private mutating func text() -> String? {
        guard let length = number(), length <= UInt64(bytes.count - offset) else { return nil }
        defer { offset += Int(length) }
        return String(decoding: bytes[offset..<offset + Int(length)], as: UTF8.self)
    }
}
