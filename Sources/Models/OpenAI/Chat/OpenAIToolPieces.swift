import JSONValue

/// The pieces of streamed calls, put together.
///
/// A piece belongs to the call of its index. Some servers tell no index, or one for all calls; there another
/// id begins another call.
struct OpenAIToolPieces {
    struct Call: Equatable {
        var index: Int?
        var id: String
        var name: String
        /// JSON as text, as far as it came.
        var arguments = ""
    }

    enum Fault: Error, Equatable {
        case tooManyCalls(limit: Int)
        case tooLong(limitBytes: Int)
    }

    static let callLimit = 128
    /// Largest arguments of a call that are put together.
    static let argumentLimitBytes = 1 << 20

    private(set) var calls: [Call] = []

    /// - Returns: the offset of the call that the piece belongs to, and what it adds to its arguments.
    mutating func add(_ piece: OpenAIChatChunk.ToolPiece) throws(Fault) -> (offset: Int, arguments: String) {
        let offset = try place(piece)
        if calls[offset].name.isEmpty { calls[offset].name = piece.function?.name ?? "" }
        if calls[offset].id.isEmpty { calls[offset].id = piece.id ?? "" }
        let added =
            switch piece.function?.arguments {
            case nil, .null: ""
            case .string(let text): text
            case .some(let value): (try? value.text()) ?? ""
            }
        guard calls[offset].arguments.utf8.count + added.utf8.count <= Self.argumentLimitBytes else {
            throw .tooLong(limitBytes: Self.argumentLimitBytes)
        }
        calls[offset].arguments += added
        return (offset, added)
    }

    private mutating func place(_ piece: OpenAIChatChunk.ToolPiece) throws(Fault) -> Int {
        let id = piece.id ?? ""
        let known = calls.lastIndex { call in
            if !id.isEmpty, !call.id.isEmpty, call.id != id { return false }
            return piece.index == nil || call.index == nil || call.index == piece.index
        }
        if let known { return known }
        guard calls.count < Self.callLimit else { throw .tooManyCalls(limit: Self.callLimit) }
        calls.append(Call(index: piece.index, id: id, name: ""))
        return calls.count - 1
    }
}
