import Foundation

/// A `multipart/form-data` body (RFC 7578), read whole.
struct MultipartForm: Sendable, Hashable {
    struct Part: Sendable, Hashable {
        var name: String
        /// As the client says; a path in it is the client's own and means nothing here.
        var fileName: String?
        var contentType: String?
        var data: Data
    }

    enum Fault: Error, Hashable, CustomStringConvertible {
        case noBoundary
        case cutOff
        case tooManyParts(limit: Int)
        case malformedHead

        var description: String {
            switch self {
            case .noBoundary: "its content type names no boundary"
            case .cutOff: "it ends before its last boundary"
            case .tooManyParts(let limit): "it has more than \(limit) parts"
            case .malformedHead: "a part of it has no readable head"
            }
        }
    }

    static let contentType = "multipart/form-data"
    static let partLimit = 100
    /// Bytes of the head of a part.
    static let headLimit = 8_192

    var parts: [Part] = []

    subscript(name: String) -> Part? { parts.first { $0.name == name } }

    /// - Throws: ``Fault``.
    init(_ body: Data, contentType: String) throws(Fault) {
        guard let boundary = Self.parameter("boundary", of: contentType),
            (1...70).contains(boundary.utf8.count)
        else { throw .noBoundary }
        let delimiter = Data("--\(boundary)".utf8)
        let separator = Data("\r\n--\(boundary)".utf8)
        guard let first = body.range(of: delimiter) else { throw .cutOff }
        var place = first.upperBound
        while true {
            if body[place...].starts(with: Data("--".utf8)) { return }
            guard let line = body.range(of: Data("\r\n".utf8), in: place..<body.endIndex) else {
                throw .cutOff
            }
            guard let end = body.range(of: separator, in: line.lowerBound..<body.endIndex) else {
                throw .cutOff
            }
            guard parts.count < Self.partLimit else { throw .tooManyParts(limit: Self.partLimit) }
            parts.append(try Self.part(body[line.lowerBound..<end.lowerBound]))
            place = end.upperBound
        }
    }

    /// - Parameter bytes: begins with the line break behind the boundary.
    private static func part(_ bytes: Data) throws(Fault) -> Part {
        guard let blank = bytes.range(of: Data("\r\n\r\n".utf8)),
            blank.lowerBound - bytes.startIndex <= headLimit
        else { throw .malformedHead }
        let head = String(decoding: bytes[bytes.startIndex..<blank.lowerBound], as: UTF8.self)
        var part = Part(name: "", data: Data(bytes[blank.upperBound...]))
        for line in head.split(separator: "\r\n") {
            let field = line.split(separator: ":", maxSplits: 1)
            guard field.count == 2 else { throw .malformedHead }
            let value = field[1].trimmingCharacters(in: .whitespaces)
            switch field[0].lowercased() {
            case "content-disposition":
                part.name = parameter("name", of: value) ?? ""
                part.fileName = parameter("filename", of: value)
            case "content-type": part.contentType = value
            default: continue
            }
        }
        guard !part.name.isEmpty else { throw .malformedHead }
        return part
    }

    /// A parameter of a header's value, without its quotes.
    private static func parameter(_ name: String, of header: String) -> String? {
        var rest = Substring(header)
        while let semicolon = rest.firstIndex(of: ";") {
            rest = rest[rest.index(after: semicolon)...].drop { $0 == " " || $0 == "\t" }
            guard let equals = rest.firstIndex(of: "=") else { return nil }
            let key = rest[..<equals].lowercased()
            rest = rest[rest.index(after: equals)...]
            let value: String
            if rest.first == "\"" {
                (value, rest) = quoted(rest.dropFirst())
            } else {
                let end = rest.firstIndex(of: ";") ?? rest.endIndex
                value = rest[..<end].trimmingCharacters(in: .whitespaces)
                rest = rest[end...]
            }
            if key == name { return value }
        }
        return nil
    }

    /// A quoted text and what stands behind its closing quote.
    private static func quoted(_ text: Substring) -> (String, Substring) {
        var value = ""
        var place = text.startIndex
        while place < text.endIndex, text[place] != "\"" {
            if text[place] == "\\", text.index(after: place) < text.endIndex {
                place = text.index(after: place)
            }
            value.append(text[place])
            place = text.index(after: place)
        }
        return (value, place < text.endIndex ? text[text.index(after: place)...] : "")
    }
}
