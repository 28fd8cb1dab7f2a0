import Foundation
import JSONValue

/// The bytes of a streamed answer, cut anywhere, to its lines.
///
/// - Complexity: O(*n*) in the bytes of the stream.
struct SageMakerLines {
    /// What a line says.
    enum Line: Equatable {
        case json(JSONValue)
        /// `[DONE]`: the answer is over.
        case done
    }

    /// Why the lines cannot be read on.
    enum Fault: Error, Equatable {
        case tooLong
        case notJSON
    }

    /// Longest line.
    static let limitBytes = 8 << 20

    /// What came and is not read yet begins at `offset`.
    private var bytes: [UInt8] = []
    private var offset = 0
    /// Up to where no line end was found.
    private var searched = 0

    mutating func append(_ piece: Data) {
        if offset > 0 {
            bytes.removeFirst(offset)
            searched -= offset
            offset = 0
        }
        bytes += piece
    }

    /// The next whole line that says something: JSON, or an event's `data`.
    ///
    /// - Returns: `nil` when more bytes are needed.
    mutating func next() throws(Fault) -> Line? {
        while let end = bytes[searched...].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
            let line = bytes[offset..<end]
            offset = end + 1
            searched = offset
            if let said = try Self.read(line) { return said }
        }
        searched = bytes.count
        guard bytes.count - offset <= Self.limitBytes else { throw .tooLong }
        return nil
    }

    /// What is left when no more bytes come: a last line may lack its end.
    ///
    /// - Throws: ``Fault/notJSON`` where it is cut off.
    mutating func last() throws(Fault) -> Line? {
        defer { offset = bytes.count }
        return try Self.read(bytes[offset...])
    }

    private static let fields = ["data", "event", "id", "retry"].map { Array($0.utf8) }

    /// - Returns: `nil` for an empty line, a comment and the fields of an event that are not its data.
    private static func read(_ line: ArraySlice<UInt8>) throws(Fault) -> Line? {
        guard line.count <= limitBytes else { throw .tooLong }
        var line = line.drop(while: isSpace)
        guard let first = line.first, first != UInt8(ascii: ":") else { return nil }
        let name = line.prefix { $0 != UInt8(ascii: ":") }
        if let field = fields.firstIndex(where: name.elementsEqual) {
            guard field == 0 else { return nil }
            line = line[name.endIndex...].dropFirst().drop(while: isSpace)
            guard !line.isEmpty else { return nil }
        }
        if String(decoding: line.reversed().drop(while: isSpace).reversed(), as: UTF8.self) == "[DONE]" {
            return .done
        }
        guard let value = try? JSONValue(parsing: Data(line)) else { throw .notJSON }
        return .json(value)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == 0x09 }
}
